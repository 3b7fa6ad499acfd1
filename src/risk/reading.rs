//! What an expression names: roots, variables, facts, functions, patterns.

use std::collections::BTreeSet;

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr};

/// What stands in one expression. The names that a loop binds are not in it.
#[derive(Debug, Default)]
pub struct Reading<'e> {
    /// Free names: `object`, `request`, `variables`, …
    pub roots: BTreeSet<&'e str>,
    /// `x` of every `variables.x`.
    pub variables: BTreeSet<&'e str>,
    /// `x` of every `facts.x`.
    pub facts: BTreeSet<&'e str>,
    /// `variables` or `facts` without a field behind it.
    pub whole: BTreeSet<&'e str>,
    /// Functions and operators, by the names of the crate; `optional.of` and `strings.quote` with their prefix.
    pub functions: BTreeSet<String>,
    /// The patterns of `matches`, `find` and `findAll`; absent where one is computed.
    pub patterns: Vec<Option<&'e str>>,
    /// `x` of every `has(x.field)` with a free name.
    pub tested: BTreeSet<&'e str>,
}

/// Roots whose fields are looked up one by one, so that each must be named.
const BY_FIELD: [&str; 2] = ["variables", "facts"];

/// Functions with a prefix that looks like a name.
const PREFIXES: [&str; 2] = ["optional", "strings"];

impl<'e> Reading<'e> {
    /// Reads an expression.
    #[must_use]
    pub fn of(expression: &'e IdedExpr) -> Self {
        let mut reading = Self::default();
        reading.walk(expression, &mut Vec::new());
        reading
    }

    fn walk(&mut self, expression: &'e IdedExpr, bound: &mut Vec<&'e str>) {
        match &expression.expr {
            Expr::Ident(name) => self.name(name, bound),
            Expr::Select(select) => self.select(select, bound),
            Expr::Call(call) => self.call(call, bound),
            Expr::Comprehension(each) => {
                self.walk(&each.iter_range, bound);
                self.walk(&each.accu_init, bound);
                let outer = bound.len();
                bound.push(&each.accu_var);
                self.walk(&each.result, bound);
                bound.push(&each.iter_var);
                bound.extend(each.iter_var2.as_deref());
                self.walk(&each.loop_cond, bound);
                self.walk(&each.loop_step, bound);
                bound.truncate(outer);
            }
            _ => {
                for inner in children(expression) {
                    self.walk(inner, bound);
                }
            }
        }
    }

    fn name(&mut self, name: &'e str, bound: &[&str]) {
        if !bound.contains(&name) {
            self.roots.insert(name);
            if BY_FIELD.contains(&name) {
                self.whole.insert(name);
            }
        }
    }

    fn select(&mut self, select: &'e SelectExpr, bound: &mut Vec<&'e str>) {
        match &select.operand.expr {
            Expr::Ident(root) if !bound.contains(&root.as_str()) => {
                if select.test {
                    self.tested.insert(root);
                }
                match root.as_str() {
                    "variables" if !select.test => {
                        self.roots.insert(root);
                        self.variables.insert(&select.field);
                    }
                    "facts" if !select.test => {
                        self.roots.insert(root);
                        self.facts.insert(&select.field);
                    }
                    _ => self.name(root, bound),
                }
            }
            _ => self.walk(&select.operand, bound),
        }
    }

    fn call(&mut self, call: &'e CallExpr, bound: &mut Vec<&'e str>) {
        match call.target.as_deref().map(|target| &target.expr) {
            Some(Expr::Ident(prefix)) if PREFIXES.contains(&prefix.as_str()) => {
                self.functions
                    .insert(format!("{prefix}.{}", call.func_name));
            }
            _ => {
                self.functions.insert(call.func_name.clone());
                if let Some(target) = call.target.as_deref() {
                    self.walk(target, bound);
                }
            }
        }
        if matches!(call.func_name.as_str(), "matches" | "find" | "findAll") {
            // `matches(text, pattern)` or `text.matches(pattern)`.
            let position = usize::from(call.target.is_none());
            self.patterns.push(
                call.args
                    .get(position)
                    .and_then(|argument| match &argument.expr {
                        Expr::Literal(LiteralValue::String(pattern)) => Some(pattern.inner()),
                        _ => None,
                    }),
            );
        }
        for argument in &call.args {
            self.walk(argument, bound);
        }
    }
}

/// How many loops stand inside each other at the deepest place.
#[must_use]
pub fn loops(expression: &IdedExpr) -> usize {
    let deepest = |inner: &[&IdedExpr]| inner.iter().copied().map(loops).max().unwrap_or(0);
    match &expression.expr {
        Expr::Comprehension(each) => {
            // `optMap` is a comprehension over nothing, which only binds a name.
            let binds =
                matches!(&each.iter_range.expr, Expr::List(list) if list.elements.is_empty());
            let body = deepest(&[&each.loop_cond, &each.loop_step, &each.result]);
            deepest(&[&each.iter_range, &each.accu_init]).max(usize::from(!binds) + body)
        }
        _ => deepest(&children(expression)),
    }
}

/// The expressions directly inside one that binds no name.
fn children(expression: &IdedExpr) -> Vec<&IdedExpr> {
    match &expression.expr {
        Expr::Call(call) => call
            .target
            .as_deref()
            .into_iter()
            .chain(&call.args)
            .collect(),
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map
            .entries
            .iter()
            .flat_map(|entry| parts(&entry.expr))
            .collect(),
        Expr::Struct(fields) => fields
            .entries
            .iter()
            .flat_map(|field| parts(&field.expr))
            .collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) | Expr::Comprehension(_) => {
            Vec::new()
        }
    }
}

fn parts(entry: &EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
        EntryExpr::StructField(field) => vec![&field.value],
    }
}
