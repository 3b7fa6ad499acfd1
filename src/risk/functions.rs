//! Kubernetes' regular-expression functions for CEL: `matches`, `find`, `findAll`.
//!
//! The crate's own `matches` compiles its pattern at every call, and it has no `find` and `findAll`.
//! Source: `k8s.io/apiserver/pkg/cel/library/regex.go`.

use std::cell::RefCell;
use std::collections::HashMap;

use cel::common::types::{CelBool, CelInt, CelList, CelString, INT_TYPE, STRING_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};
use regex::Regex;

/// Declares the three functions.
pub fn regular_expressions(env: &mut Env) -> Result<(), DeclarationError> {
    let text = || vec![STRING_TYPE];
    env.add_overload(
        "matches",
        "matches",
        vec![STRING_TYPE, STRING_TYPE],
        |args| matches(&args),
    )?;
    env.add_member_overload("matches", "matches_string", STRING_TYPE, text(), |args| {
        matches(&args)
    })?;
    env.add_member_overload("find", "string_find_string", STRING_TYPE, text(), |args| {
        find(&args)
    })?;
    env.add_member_overload(
        "findAll",
        "string_find_all_string",
        STRING_TYPE,
        text(),
        |args| find_all(&args),
    )?;
    env.add_member_overload(
        "findAll",
        "string_find_all_string_int",
        STRING_TYPE,
        vec![STRING_TYPE, INT_TYPE],
        |args| find_all(&args),
    )
}

fn matches<'b, 'v>(args: &[CowVal<'_, '_>]) -> Result<CowVal<'b, 'v>, ExecutionError> {
    with_pattern("matches", args, |text, pattern| {
        CowVal::owned(CelBool::from(pattern.is_match(text)))
    })
}

/// The first match, or the empty string.
fn find<'b, 'v>(args: &[CowVal<'_, '_>]) -> Result<CowVal<'b, 'v>, ExecutionError> {
    with_pattern("find", args, |text, pattern| {
        let found = pattern.find(text).map_or("", |found| found.as_str());
        CowVal::owned(CelString::from(found.to_owned()))
    })
}

/// All matches, or the first `n`; a negative `n` means all.
fn find_all<'b, 'v>(args: &[CowVal<'_, '_>]) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let limit = args
        .get(2)
        .and_then(|limit| limit.downcast_ref::<CelInt>())
        .and_then(|limit| usize::try_from(*limit.inner()).ok())
        .unwrap_or(usize::MAX);
    with_pattern("findAll", args, |text, pattern| {
        let found: Vec<Box<dyn Val>> = pattern
            .find_iter(text)
            .take(limit)
            .map(|found| Box::new(CelString::from(found.as_str().to_owned())) as Box<dyn Val>)
            .collect();
        CowVal::owned(CelList::from(found))
    })
}

fn with_pattern<T>(
    function: &str,
    args: &[CowVal<'_, '_>],
    apply: impl FnOnce(&str, &Regex) -> T,
) -> Result<T, ExecutionError> {
    thread_local! {
        /// Conditions hold a few constant patterns, so nothing is ever put out of it.
        static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::default();
    }
    let text = |position: usize| {
        args.get(position)
            .and_then(|argument| argument.downcast_ref::<CelString>())
            .map(CelString::inner)
            .ok_or_else(|| ExecutionError::function_error(function, "not a string"))
    };
    let (text, pattern) = (text(0)?, text(1)?);
    COMPILED.with_borrow_mut(|compiled| {
        if !compiled.contains_key(pattern) {
            let regex = Regex::new(pattern).map_err(|_| {
                ExecutionError::function_error(function, "the pattern is not valid")
            })?;
            compiled.insert(pattern.to_owned(), regex);
        }
        Ok(apply(text, &compiled[pattern]))
    })
}
