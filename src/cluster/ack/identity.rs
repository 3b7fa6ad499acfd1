//! Which cluster this is: its id and region at Alibaba Cloud.

use serde_json::Value;

use super::{CLUSTER_LABEL, NodeKind, PROFILE, SYSTEM, node_kind, region};
use crate::cluster::certificate::is_ack_cluster_id;
use crate::cluster::fields::{label, text};
use crate::cluster::known;
use crate::cluster::reader::Reader;
use crate::plan::AckIdentity;

/// The identity as far as it is known without a request: from the object, and from the certificate authority
/// that the kubeconfig names.
#[must_use]
pub fn identity_at_hand(reader: &Reader, object: Option<&Value>) -> AckIdentity {
    let cluster_id = object
        .and_then(|object| label(object, CLUSTER_LABEL))
        .or_else(|| reader.authority())
        .filter(|id| is_ack_cluster_id(id));
    let kind = object.map_or("", |object| match node_kind(object) {
        NodeKind::Master => "dedicated",
        NodeKind::Edge => "edge",
        NodeKind::External => "registered",
        _ => "",
    });
    AckIdentity {
        cluster_id: cluster_id.unwrap_or_default().to_owned(),
        region_id: object.and_then(region).unwrap_or_default().to_owned(),
        // A master is only ACK's when something says so.
        kind: if cluster_id.is_some() {
            kind.to_owned()
        } else {
            String::new()
        },
    }
}

/// The identity, with at most one request (the cluster profile) where the object does not say it.
/// What cannot be read stays empty: this only names, it decides nothing.
pub async fn identity(reader: &Reader, object: Option<&Value>) -> AckIdentity {
    let mut identity = identity_at_hand(reader, object);
    if !identity.cluster_id.is_empty() && !identity.region_id.is_empty() {
        return identity;
    }
    let Ok(Some(profile)) = reader.get(&known::CONFIG_MAPS, SYSTEM, PROFILE).await else {
        return identity;
    };
    if identity.cluster_id.is_empty() {
        text(&profile, "/data/clusterid").clone_into(&mut identity.cluster_id);
    }
    if identity.region_id.is_empty() {
        // `vsw-a:cn-x-i,vsw-b:cn-x-l`
        let zone = text(&profile, "/data/vsw-zone")
            .split([',', ':'])
            .nth(1)
            .unwrap_or_default();
        region_of_zone(zone.trim()).clone_into(&mut identity.region_id);
    }
    identity
}

/// `cn-hangzhou-i` is in `cn-hangzhou`, `ap-southeast-1a` in `ap-southeast-1`.
fn region_of_zone(zone: &str) -> &str {
    let region = zone.trim_end_matches(|c: char| c.is_ascii_lowercase());
    match region.strip_suffix('-') {
        Some(region) if zone.len() - region.len() == 2 => region,
        Some(_) => "",
        None => region,
    }
}
#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cluster::reader::snapshot::Snapshot;
    use crate::plan::Place;

    const ID: &str = "c0f1e2d3c4b5a69788796a5b4c3d2e1f0";

    fn identify(reader: &Reader, object: Option<&Value>) -> (String, String, String) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let identity = runtime.block_on(identity(reader, object));
        (identity.cluster_id, identity.region_id, identity.kind)
    }

    /// A cluster whose profile is there, or cannot be read.
    fn cluster(unreadable: &str) -> Reader {
        let snapshot = format!(
            "
serverVersion: '1.36'
unreadable: [{unreadable}]
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: {PROFILE}, namespace: {SYSTEM}}}
data: {{clusterid: {ID}, vsw-zone: 'vsw-1:cn-hangzhou-i,vsw-2:cn-hangzhou-j'}}
"
        );
        Reader::snapshot(
            Snapshot::parse(&snapshot).expect("a snapshot"),
            Place::default(),
        )
    }

    fn is(id: &str, region: &str, kind: &str) -> (String, String, String) {
        (id.to_owned(), region.to_owned(), kind.to_owned())
    }

    #[test]
    fn a_node_tells_all_without_the_profile() {
        let labels = json!({CLUSTER_LABEL: ID, "topology.kubernetes.io/region": "cn-x", "node-role.kubernetes.io/master": ""});
        let node = json!({"metadata": {"name": "n", "labels": labels}});
        assert_eq!(
            identify(&cluster("configmaps"), Some(&node)),
            is(ID, "cn-x", "dedicated")
        );
    }

    #[test]
    fn a_master_elsewhere_is_not_acks() {
        let node =
            json!({"metadata": {"name": "n", "labels": {"node-role.kubernetes.io/master": ""}}});
        assert_eq!(
            identify(&cluster("configmaps"), Some(&node)),
            is("", "", "")
        );
    }

    #[test]
    fn the_profile_fills_in_what_no_object_says() {
        assert_eq!(identify(&cluster(""), None), is(ID, "cn-hangzhou", ""));
        assert_eq!(identify(&cluster("configmaps"), None), is("", "", ""));
    }

    #[test]
    fn regions_come_out_of_both_shapes_of_zone() {
        assert_eq!(region_of_zone("cn-hangzhou-i"), "cn-hangzhou");
        assert_eq!(region_of_zone("ap-southeast-1a"), "ap-southeast-1");
        assert_eq!(region_of_zone(""), "");
        assert_eq!(region_of_zone("nonsense"), "");
    }
}
