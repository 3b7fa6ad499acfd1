//! One expression, evaluated on one change with what is known so far.
//!
//! What is not known yet is an error to CEL, and CEL's `&&`, `||`, `all` and `exists` go on past an error when the other
//! side decides. So an expression often has its answer before everything that it names has been read, and
//! when it has not, what it touched is exactly what must be read next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use cel::common::value::CowVal;
use cel::context::VariableResolver;
use cel::{Context, ExecutionError, Value};

use super::condition::{Expression, environment};
use super::needs::{self, Need};
use super::scene::{Absent, Scene};
use super::value::{self, Owned};
use crate::unknown::Unknown;

/// Named expressions.
pub type Variables = BTreeMap<String, Expression>;

/// The named expressions that a rule's own expressions may use. Its own shadow the shared ones.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The rule's `let`.
    pub own: &'a Variables,
    /// `variables.yaml`.
    pub shared: &'a Variables,
}

/// What came of an expression.
#[derive(Debug)]
pub enum Outcome {
    /// It has a value, whatever the unread things turn out to be.
    Value(Owned),
    /// These must be read first.
    Needs(BTreeSet<Need>),
    /// It depends on something that could not be read.
    Blocked(Unknown),
    /// It failed: why, in a few words.
    Failed(String),
}

/// Evaluates, and adds the facts that were looked at to `facts`.
pub fn evaluate(
    expression: &Expression,
    scene: &Scene,
    scope: Scope<'_>,
    facts: &mut BTreeSet<&'static str>,
) -> Outcome {
    let look = Look {
        scene,
        scope,
        cells: OnceLock::new(),
        seen: Mutex::default(),
    };
    let result = look.value(expression);
    let seen = look
        .seen
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    facts.extend(seen.facts);
    match result {
        Ok(value) => Outcome::Value(value),
        Err(_) if !seen.needs.is_empty() => Outcome::Needs(seen.needs),
        Err(fault) => match (seen.obstacle, seen.fault) {
            (Some(obstacle), _) => Outcome::Blocked(obstacle),
            (None, Some(fault)) => Outcome::Failed(fault),
            (None, None) => Outcome::Failed(fault),
        },
    }
}

/// The resolver of one evaluation.
struct Look<'a> {
    scene: &'a Scene,
    scope: Scope<'a>,
    /// The variables, each evaluated once and only when used.
    cells: OnceLock<BTreeMap<&'a str, Cell<'a>>>,
    seen: Mutex<Seen>,
}

struct Cell<'a> {
    expression: &'a Expression,
    /// Absent inside when it failed.
    value: OnceLock<Option<Owned>>,
    /// A variable that is asked for while it is evaluated depends on itself.
    busy: AtomicBool,
}

/// What an evaluation ran into.
#[derive(Default)]
struct Seen {
    facts: BTreeSet<&'static str>,
    needs: BTreeSet<Need>,
    obstacle: Option<Unknown>,
    /// The first failure of a variable: CEL itself would only say that `variables` is not defined.
    fault: Option<String>,
}

impl<'a> Look<'a> {
    fn value(&self, expression: &Expression) -> Result<Owned, String> {
        let ast = expression.compiled().map_err(ToString::to_string)?;
        let mut context = Context::with_env(environment());
        context.set_variable_resolver(self);
        let value = Value::resolve_val(ast, &context).map_err(|error| sentence(&error))?;
        value::detach(&*value).ok_or_else(|| "it gives no plain value".to_owned())
    }

    fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn fail(&self, fault: String) {
        self.note(|seen| {
            seen.fault.get_or_insert(fault);
        });
    }

    fn known<'b>(&self, value: Result<CowVal<'b, 'b>, Absent>) -> Option<CowVal<'b, 'b>> {
        match value {
            Ok(value) => return Some(value),
            Err(Absent::Needed(need)) => self.note(|seen| {
                seen.needs.insert(need);
            }),
            Err(Absent::Blocked(obstacle)) => {
                self.note(|seen| {
                    seen.obstacle.get_or_insert(obstacle);
                });
            }
        }
        None
    }

    fn fact(&self, name: &str) -> Option<CowVal<'_, '_>> {
        let Some(name) = needs::fact(name) else {
            self.fail(format!("there is no fact \"{name}\""));
            return None;
        };
        self.note(|seen| {
            seen.facts.insert(name);
        });
        self.known(self.scene.fact_value(name))
    }

    fn variable(&self, name: &str) -> Option<CowVal<'_, '_>> {
        let Some(cell) = self.cells().get(name) else {
            self.fail(format!("there is no variable \"{name}\""));
            return None;
        };
        if cell.value.get().is_none() {
            if cell.busy.swap(true, Ordering::Relaxed) {
                self.fail(format!("variable \"{name}\" depends on itself"));
                return None;
            }
            let value = self.value(cell.expression);
            if let Err(fault) = &value {
                self.fail(format!("in variable \"{name}\": {fault}"));
            }
            // Nobody else sets it: the flag above lets one in.
            drop(cell.value.set(value.ok()));
        }
        let value = cell.value.get()?.as_deref()?;
        Some(CowVal::Borrowed(value))
    }

    fn cells(&self) -> &BTreeMap<&'a str, Cell<'a>> {
        self.cells.get_or_init(|| {
            let Scope { own, shared } = self.scope;
            // Later entries win: a rule's own shadow the shared ones.
            shared
                .iter()
                .chain(own)
                .map(|(name, expression)| {
                    let cell = Cell {
                        expression,
                        value: OnceLock::new(),
                        busy: AtomicBool::new(false),
                    };
                    (name.as_str(), cell)
                })
                .collect()
        })
    }
}

impl VariableResolver for Look<'_> {
    /// CEL asks for `variables.pool.id` first, then for `variables.pool`, then for `variables`.
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        match name.split_once('.') {
            None => self.known(self.scene.root(name)?),
            Some(("variables", variable)) if !variable.contains('.') => self.variable(variable),
            Some(("facts", fact)) if !fact.contains('.') => self.fact(fact),
            Some(_) => None,
        }
    }
}

/// A failure in a few words, without the values of the object: they may be large, and they may be secret.
fn sentence(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchKey(key) => {
            let key: String = key.chars().take(60).collect();
            format!("no such key: {key}")
        }
        ExecutionError::UndeclaredReference(name) => format!("{name} is not defined"),
        ExecutionError::NoSuchOverload(overload) => overload.to_string(),
        ExecutionError::UnexpectedType { got, want } => format!("expected {want}, found {got}"),
        ExecutionError::FunctionError { function, .. } => format!("{function}() failed"),
        ExecutionError::IndexOutOfBounds(_) => "an index is out of bounds".to_owned(),
        _ => "the values do not fit the expression".to_owned(),
    }
}
