//! Each guarded verb to its family.

use super::account::Account;
use super::certificate::{self, Answer};
use super::derive::{self, Derived};
use super::edit::{Edit, Field, RolloutEdit};
use super::expansion::Expansion;
use super::files::Input;
use super::interest::Interest;
use super::manifest::{self, Purpose};
use super::raw::{self, write::Method};
use super::rollout::{self, Step};
use super::set::{self, Part};
use super::{awaited, connect, create, delete, metadata, node, patch, run, scale};
use crate::cluster::known;
use crate::cluster::reader::Reader;
use crate::kubectl::editor::Editing;
use crate::kubectl::flags::{Minor, Verb};
use crate::kubectl::invocation::Invocation;
use crate::kubectl::version;

/// What a command asks the server for.
pub async fn expand(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    if invocation.writes_nothing() {
        return Expansion::nothing();
    }
    if is_of_another_version(invocation, input) {
        return Expansion::KubectlStops;
    }
    let raw = invocation.text_if_any("raw").filter(|uri| !uri.is_empty());
    let written = |purpose| manifest::expand(purpose, invocation, reader, interest, input);
    let derive = |derived| derive::expand(derived, invocation, reader, interest, input);
    let set = |part| set::expand(part, invocation, reader, interest, input);
    let create = |made| create::expand(made, invocation, reader);
    let rollout = |step| rollout::expand(step, invocation, reader, interest, input);
    let opened = |editing| awaited::expand(editing, invocation, reader, interest, input);
    match invocation.verb() {
        Verb::Delete => delete::expand(invocation, reader, interest, input).await,
        Verb::Drain => node::drain::expand(invocation, reader).await,
        Verb::Cordon => node::expand_cordon(invocation, reader, Edit::Cordon).await,
        Verb::Uncordon => node::expand_cordon(invocation, reader, Edit::Uncordon).await,
        Verb::Taint => node::expand_taint(invocation, reader).await,
        Verb::Create if invocation.truth("edit") => opened(Editing::New).await,
        Verb::Create => match raw {
            Some(uri) => raw::write::expand(Method::Post, uri, invocation, reader, input).await,
            None => written(Purpose::Create).await,
        },
        Verb::Apply => written(Purpose::Apply).await,
        Verb::Replace => match raw {
            Some(uri) => raw::write::expand(Method::Put, uri, invocation, reader, input).await,
            None => written(Purpose::Replace).await,
        },
        Verb::Approve => certificate::expand(Answer::Approved, invocation, reader, input).await,
        Verb::Deny => certificate::expand(Answer::Denied, invocation, reader, input).await,
        Verb::SetLastApplied => written(Purpose::SetLastApplied).await,
        Verb::Reconcile => written(Purpose::Reconcile).await,
        Verb::Patch => patch::expand(invocation, reader, interest, input).await,
        Verb::Scale => scale::expand(invocation, reader, interest, input).await,
        Verb::SetImage => set(Part::Image).await,
        Verb::SetEnv => set(Part::Env).await,
        Verb::SetResources => set(Part::Resources).await,
        Verb::SetSelector => set(Part::Selector).await,
        Verb::SetServiceAccount => set(Part::ServiceAccount).await,
        Verb::SetSubject => set(Part::Subject).await,
        Verb::RolloutRestart => rollout(Step::Edit(RolloutEdit::Restart)).await,
        Verb::RolloutPause => rollout(Step::Edit(RolloutEdit::Pause)).await,
        Verb::RolloutResume => rollout(Step::Edit(RolloutEdit::Resume)).await,
        Verb::RolloutUndo => rollout(Step::Undo).await,
        Verb::Autoscale => derive(Derived::Autoscaler).await,
        Verb::Expose => derive(Derived::Service).await,
        Verb::Run => run::expand(invocation, reader, interest, input).await,
        Verb::CreateClusterRole => create(&known::CLUSTER_ROLES),
        Verb::CreateClusterRoleBinding => create(&known::CLUSTER_ROLE_BINDINGS),
        Verb::CreateConfigMap => create(&known::CONFIG_MAPS),
        Verb::CreateCronJob => create(&known::CRON_JOBS),
        Verb::CreateDeployment => create(&known::DEPLOYMENTS),
        Verb::CreateIngress => create(&known::INGRESSES),
        Verb::CreateJob => create(&known::JOBS),
        Verb::CreateNamespace => create(&known::NAMESPACES),
        Verb::CreatePodDisruptionBudget => create(&known::POD_DISRUPTION_BUDGETS),
        Verb::CreatePriorityClass => create(&known::PRIORITY_CLASSES),
        Verb::CreateQuota => create(&known::RESOURCE_QUOTAS),
        Verb::CreateRole => create(&known::ROLES),
        Verb::CreateRoleBinding => create(&known::ROLE_BINDINGS),
        Verb::CreateSecretDockerRegistry | Verb::CreateSecretGeneric | Verb::CreateSecretTls => {
            create(&known::SECRETS)
        }
        Verb::CreateServiceClusterIp
        | Verb::CreateServiceExternalName
        | Verb::CreateServiceLoadBalancer
        | Verb::CreateServiceNodePort => create(&known::SERVICES),
        Verb::CreateServiceAccount => create(&known::SERVICE_ACCOUNTS),
        Verb::CreateToken => create::expand_token(invocation, reader),
        Verb::Exec => connect::exec::expand(invocation, reader, interest, input).await,
        Verb::Attach => connect::attach::expand(invocation, reader, interest).await,
        Verb::Cp => connect::copy::expand(invocation, reader, interest).await,
        Verb::Debug => connect::debug::expand(invocation, reader, input).await,
        Verb::PortForward => connect::port::expand_forward(invocation, reader, interest).await,
        Verb::Proxy => connect::port::expand_proxy(invocation),
        Verb::Label => metadata::expand(Field::Labels, invocation, reader, interest, input).await,
        Verb::Annotate => {
            metadata::expand(Field::Annotations, invocation, reader, interest, input).await
        }
        Verb::Edit => opened(Editing::Live).await,
        Verb::EditLastApplied => opened(Editing::LastApplied).await,
    }
}

/// Whether a flag came after this kubectl, or went before it, such as `drain --delete-local-data` in 1.31.
fn is_of_another_version(invocation: &Invocation, input: &Input<'_>) -> bool {
    let known_by = invocation.known_by();
    if known_by == (Minor::OLDEST..=Minor::NEWEST) {
        return false;
    }
    let minor = input.kubectl.and_then(|kubectl| version::ask(kubectl).ok());
    // What a newer kubectl has, the table does not say.
    minor.is_some_and(|minor| minor <= Minor::NEWEST && !known_by.contains(&minor))
}

/// What the reference page says of each guarded verb.
#[must_use]
pub const fn account(verb: Verb) -> &'static Account {
    match verb {
        Verb::Delete => &delete::ACCOUNT,
        Verb::Drain => &node::drain::ACCOUNT,
        Verb::Cordon => &node::CORDON,
        Verb::Uncordon => &node::UNCORDON,
        Verb::Taint => &node::TAINT,
        Verb::Label | Verb::Annotate => &metadata::ACCOUNT,
        Verb::Create => &manifest::CREATE,
        Verb::Apply => &manifest::APPLY,
        Verb::Replace => &manifest::REPLACE,
        Verb::SetLastApplied => &manifest::SET_LAST_APPLIED,
        Verb::Reconcile => &manifest::RECONCILE,
        Verb::Approve | Verb::Deny => &certificate::ACCOUNT,
        Verb::Patch => &patch::ACCOUNT,
        Verb::Scale => &scale::ACCOUNT,
        Verb::SetImage
        | Verb::SetEnv
        | Verb::SetResources
        | Verb::SetSelector
        | Verb::SetServiceAccount
        | Verb::SetSubject => &set::ACCOUNT,
        Verb::RolloutRestart | Verb::RolloutPause | Verb::RolloutResume => &rollout::STEP,
        Verb::RolloutUndo => &rollout::UNDO,
        Verb::Autoscale | Verb::Expose => &derive::ACCOUNT,
        Verb::Run => &run::ACCOUNT,
        Verb::CreateClusterRole
        | Verb::CreateClusterRoleBinding
        | Verb::CreateCronJob
        | Verb::CreateDeployment
        | Verb::CreateIngress
        | Verb::CreateJob
        | Verb::CreateNamespace
        | Verb::CreatePodDisruptionBudget
        | Verb::CreatePriorityClass
        | Verb::CreateQuota
        | Verb::CreateRole
        | Verb::CreateRoleBinding
        | Verb::CreateServiceClusterIp
        | Verb::CreateServiceExternalName
        | Verb::CreateServiceLoadBalancer
        | Verb::CreateServiceNodePort
        | Verb::CreateServiceAccount => &create::ACCOUNT,
        Verb::CreateConfigMap
        | Verb::CreateSecretDockerRegistry
        | Verb::CreateSecretGeneric
        | Verb::CreateSecretTls => &create::HASHED,
        Verb::CreateToken => &create::TOKEN,
        Verb::Exec => &connect::exec::ACCOUNT,
        Verb::Attach => &connect::attach::ACCOUNT,
        Verb::Cp => &connect::copy::ACCOUNT,
        Verb::Debug => &connect::debug::ACCOUNT,
        Verb::PortForward => &connect::port::FORWARD,
        Verb::Proxy => &connect::port::PROXY,
        Verb::Edit => &awaited::EDIT,
        Verb::EditLastApplied => &awaited::EDIT_LAST_APPLIED,
    }
}
