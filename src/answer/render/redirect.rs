//! The right path for nodes, as text: the commands of each pool, then once what they do.

use console::Style;

use super::{OBJECTS, View};
use crate::act::redirect::{Missing, MissingValue, NODE_POOL_ID, Redirect, Shrink};
use crate::answer::escape::{escape, escape_whole};
use crate::answer::layout::Page;
use crate::risk::rule::RedirectKind;

/// Writes redirects of one kind; there is at least one.
pub(super) fn write(view: View<'_>, redirects: &[&Redirect], page: &mut Page) {
    page.gap();
    page.heading(0, &view.language.right_way(), &Style::new().bold().green());
    let names_nodes = redirects.len() > 1 || redirects[0].nodes.len() > 1;
    for redirect in redirects {
        write_commands(view, redirect, names_nodes, page);
    }
    let mut missing: Vec<&Missing> = Vec::new();
    for value in redirects.iter().flat_map(|redirect| &redirect.missing) {
        if !missing.contains(&value) {
            missing.push(value);
        }
    }
    for missing in missing {
        write_missing(view, missing, page);
    }
    write_effects(view, redirects, page);
}

fn write_commands(view: View<'_>, redirect: &Redirect, names_nodes: bool, page: &mut Page) {
    let language = view.language;
    let count = redirect.nodes.len();
    match redirect.kind {
        RedirectKind::NodePool => {
            let pool = escape(redirect.pool.as_deref().unwrap_or(NODE_POOL_ID));
            page.paragraph(2, &language.remove_from_pool(count, &pool));
        }
        RedirectKind::FreeNode => page.paragraph(2, &language.remove_free(count)),
    }
    if names_nodes {
        page.paragraph(2, &language.redirected_nodes(&names(view, redirect)));
    }
    page.line(4, &escape_whole(&redirect.remove.shell()));
    if let Some(shrink) = &redirect.shrink {
        write_shrink(view, shrink, page);
    }
    if redirect.auto_scaled {
        page.paragraph(2, &language.auto_scaled());
    }
}

fn names(view: View<'_>, redirect: &Redirect) -> String {
    let nodes = &redirect.nodes;
    let mut names: Vec<_> = nodes
        .iter()
        .take(OBJECTS)
        .map(|name| escape(name))
        .collect();
    if nodes.len() > OBJECTS {
        names.push(view.language.more_objects((nodes.len() - OBJECTS) as u64));
    }
    names.join(&view.language.comma())
}

fn write_shrink(view: View<'_>, shrink: &Shrink, page: &mut Page) {
    let language = view.language;
    page.paragraph(2, &language.shrink_pool());
    page.line(4, &escape_whole(&shrink.read.shell()));
    page.paragraph(
        2,
        &match shrink.desired_size {
            Some(size) => language.shrink_to(size),
            None => language.shrink_by(shrink.by, &shrink.placeholder),
        },
    );
    page.line(4, &escape_whole(&shrink.write.shell()));
}

fn write_missing(view: View<'_>, missing: &Missing, page: &mut Page) {
    let language = view.language;
    let placeholder = &missing.placeholder;
    let text = match &missing.value {
        MissingValue::ClusterId => language.find_cluster_id(placeholder),
        MissingValue::RegionId => language.find_region_id(placeholder),
        MissingValue::PoolId => language.find_pool_id(placeholder),
        MissingValue::InstanceOf(node) => language.find_instance_id(placeholder, &escape(node)),
    };
    page.paragraph(2, &text);
    page.line(4, &escape_whole(&missing.lookup.shell()));
}

/// What the commands do to pods, to the pool's size and to billing; the console way; what kubectl would do.
fn write_effects(view: View<'_>, redirects: &[&Redirect], page: &mut Page) {
    let language = view.language;
    page.paragraph(2, &language.redirect_drain());
    let is_pool = redirects[0].kind == RedirectKind::NodePool;
    if is_pool {
        page.paragraph(2, &language.redirect_size());
    }
    page.paragraph(2, &language.redirect_billing());
    if redirects.iter().any(|redirect| redirect.shrink.is_some()) {
        page.paragraph(2, &language.shrink_effects());
    }
    page.paragraph(
        2,
        &if is_pool {
            language.console_pool()
        } else {
            language.console_free()
        },
    );
    page.paragraph(2, &language.plain_kubectl());
}
