//! Each guarded verb to its family.

use super::derive::{self, Derived};
use super::edit::{Edit, Field, RolloutEdit};
use super::expansion::Expansion;
use super::files::Input;
use super::interest::Interest;
use super::manifest::{self, Purpose};
use super::rollout::{self, Step};
use super::set::{self, Part};
use super::{create, delete, metadata, node, patch, run, scale};
use crate::cluster::known;
use crate::cluster::reader::Reader;
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;

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
    let derive = |derived| derive::expand(derived, invocation, reader, interest, input);
    let set = |part| set::expand(part, invocation, reader, interest, input);
    let create = |made| create::expand(made, invocation, reader);
    let rollout = |step| rollout::expand(step, invocation, reader, interest, input);
    match invocation.verb() {
        Verb::Delete => delete::expand(invocation, reader, interest, input).await,
        Verb::Drain => node::drain::expand(invocation, reader).await,
        Verb::Cordon => node::expand_cordon(invocation, reader, Edit::Cordon).await,
        Verb::Uncordon => node::expand_cordon(invocation, reader, Edit::Uncordon).await,
        Verb::Taint => node::expand_taint(invocation, reader).await,
        Verb::Create => manifest::expand(Purpose::Create, invocation, reader, input).await,
        Verb::Apply => manifest::expand(Purpose::Apply, invocation, reader, input).await,
        Verb::Replace => manifest::expand(Purpose::Replace, invocation, reader, input).await,
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
        Verb::Run => run::expand(invocation, reader),
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
        Verb::Label => metadata::expand(Field::Labels, invocation, reader, interest, input).await,
        Verb::Annotate => {
            metadata::expand(Field::Annotations, invocation, reader, interest, input).await
        }
    }
}
