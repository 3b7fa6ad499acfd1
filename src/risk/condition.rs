//! One CEL expression: compiled when first used, and never longer or deeper than can be judged safely.

use std::sync::{Arc, LazyLock, OnceLock};

use cel::common::ast::IdedExpr;
use cel::parser::PrattParser;
use cel::{Env, extensions};
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
    compiled: OnceLock<Result<IdedExpr, Malformed>>,
}

impl Expression {
    /// Takes the text; compiles nothing yet.
    #[must_use]
    pub fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            compiled: OnceLock::new(),
        }
    }

    /// The compiled form. To be called where there is stack enough: see [`super::chamber`].
    pub fn compiled(&self) -> Result<&IdedExpr, &Malformed> {
        self.compiled.get_or_init(|| compile(&self.source)).as_ref()
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

/// With the second parser of crate `cel`: its first one, made by ANTLR, takes five milliseconds for the first
/// expression of a process and a third of one for each further. A test reads the whole table with both.
fn compile(source: &str) -> Result<IdedExpr, Malformed> {
    if source.len() > LENGTH {
        return Err(Malformed::TooLong(source.len()));
    }
    let expression = PrattParser::default()
        .enable_optional_syntax(true)
        .parse(source)
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
    let loops = reading::loops(&expression);
    if loops > LOOPS {
        return Err(Malformed::TooDeep(loops));
    }
    Ok(expression)
}

#[cfg(test)]
mod tests {
    use cel::{Context, Value};

    use super::*;
    use crate::risk::chamber::Chamber;

    fn flaw(source: String) -> Option<Malformed> {
        let mut answers = Chamber::default().ask(vec![source], |source| {
            let expression = Expression::new(source);
            let ast = expression.compiled().map_err(Clone::clone)?;
            // Evaluating recurses as deep as compiling; what comes of it is not the point.
            drop(Value::resolve_val(ast, &Context::with_env(environment())));
            Ok(())
        });
        let answer = answers.pop().expect("one question").expect("an answer");
        answer.err()
    }

    #[test]
    fn the_longest_chains_that_are_allowed_compile() {
        let fill = |link: &str, count: usize| link.repeat(count);
        for source in [
            format!("1{}", fill("+1", (LENGTH - 1) / 2)),
            format!("a{}", fill(".a", (LENGTH - 1) / 2)),
            format!("a{}", fill(".a()", (LENGTH - 1) / 4)),
            format!("a{}", fill("[0]", (LENGTH - 1) / 3)),
            format!("true{}", fill("||true", (LENGTH - 4) / 6)),
        ] {
            assert_eq!(flaw(source), None);
        }
    }

    #[test]
    fn deep_nesting_is_an_error_of_the_parser() {
        for source in [
            "(".repeat(LENGTH),
            "[".repeat(LENGTH),
            "!".repeat(LENGTH),
            "-".repeat(LENGTH),
        ] {
            assert!(matches!(flaw(source), Some(Malformed::Syntax { .. })));
        }
    }

    #[test]
    fn what_is_too_long_or_loops_too_deep_is_refused() {
        let long = format!("1{}", "+1".repeat(LENGTH));
        assert_eq!(flaw(long.clone()), Some(Malformed::TooLong(long.len())));
        let four = "l.all(a, l.exists(b, l.map(c, l.filter(d, true)) == []))";
        assert_eq!(flaw(four.to_owned()), Some(Malformed::TooDeep(4)));
        let side_by_side = "l.map(a, a).filter(a, a).map(a, a).all(a, a) && l.exists(a, a)";
        assert_eq!(flaw(side_by_side.to_owned()), None);
        let bound = "l.map(a, l.map(b, l.map(c, a.?x.optMap(d, d + 1).orValue(0))))";
        assert_eq!(flaw(bound.to_owned()), None);
    }

    #[test]
    fn a_syntax_error_says_where() {
        let Some(Malformed::Syntax { line, column, .. }) = flaw("1 +\n  ) 2".to_owned()) else {
            panic!("a stray bracket is a syntax error");
        };
        assert_eq!((line, column), (2, 3));
    }
}
