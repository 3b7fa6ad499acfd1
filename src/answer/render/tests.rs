use super::*;
use crate::answer::fixture::{Draft, NODES, PODS, change, deny, node, pod, pool_redirect, rule};
use crate::change::{Cause, Operation};
use crate::risk::finding::Ground;
