//! One CEL expression: compiled when first used, and never longer or deeper than can be judged safely.

use std::sync::{Arc, LazyLock, OnceLock};

use cel::common::ast::IdedExpr;
use cel::{Env, Program, extensions};
use thiserror::Error;

use super::{functions, reading};

/// The longest expression, in bytes. It bounds how deep the parser and the interpreter recurse.
pub const LENGTH: usize = 4 << 10;

/// How many loops (`all`, `exists`, `map`, `filter`) may stand inside each other.
pub const LOOPS: usize = 3;

/// An expression that cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Malformed {
    /// See [`LENGTH`].
    #[error("the expression has {0} bytes; at most {LENGTH} are allowed")]
    TooLong(usize),
    /// See [`LOOPS`].
    #[error("{0} loops stand inside each other; at most {LOOPS} are allowed")]
    TooDeep(usize),
    /// Not CEL: the parser's first complaint, and where.
    #[error("line {line}, column {column}: {complaint}")]
    Syntax {
        /// From 1, inside the expression.
        line: isize,
        /// From 1.
        column: isize,
        /// The parser's words.
        complaint: String,
    },
}

/// An expression of a rule.
#[derive(Debug)]
pub struct Expression {
    source: String,
    program: OnceLock<Result<Program, Malformed>>,
}

impl Expression {
    /// Takes the text; compiles nothing yet.
    #[must_use]
    pub fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            program: OnceLock::new(),
        }
    }

    /// The compiled form. To be called where there is stack enough: see [`super::chamber`].
    pub fn compiled(&self) -> Result<&IdedExpr, &Malformed> {
        self.program
            .get_or_init(|| compile(&self.source))
            .as_ref()
            .map(Program::expression)
    }
}

/// Standard CEL with Kubernetes' optionals, strings and regular expressions.
#[must_use]
pub fn environment() -> Arc<Env> {
    static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
        let mut env = Env::stdlib();
        env.add_extension(extensions::strings)
            .and_then(|()| env.add_extension(functions::regular_expressions))
            .expect("none of these names is declared twice");
        Arc::new(env)
    });
    Arc::clone(&ENVIRONMENT)
}

fn compile(source: &str) -> Result<Program, Malformed> {
    if source.len() > LENGTH {
        return Err(Malformed::TooLong(source.len()));
    }
    let program = environment()
        .compile(source)
        .map_err(|errors| match errors.errors.first() {
            Some(first) => Malformed::Syntax {
                line: first.pos.0,
                column: first.pos.1,
                complaint: first.msg.lines().next().unwrap_or_default().to_owned(),
            },
            None => Malformed::Syntax {
                line: 1,
                column: 1,
                complaint: "not a CEL expression".to_owned(),
            },
        })?;
    let loops = reading::loops(program.expression());
    if loops > LOOPS {
        return Err(Malformed::TooDeep(loops));
    }
    Ok(program)
}
