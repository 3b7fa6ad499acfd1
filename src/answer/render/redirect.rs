//! The right path for nodes, as text.

use console::Style;

use super::View;
use crate::act::redirect::{Missing, MissingValue, NODE_POOL_ID, Redirect, Shrink};
use crate::answer::escape::{escape, escape_whole};
use crate::answer::layout::Page;
use crate::risk::rule::RedirectKind;

pub(super) fn write(view: View<'_>, redirect: &Redirect, page: &mut Page) {
    let language = view.language;
    let count = redirect.nodes.len();
    page.heading(0, &language.right_way(), &Style::new().bold().green());
    match redirect.kind {
        RedirectKind::NodePool => {
            let pool = escape(redirect.pool.as_deref().unwrap_or(NODE_POOL_ID));
            page.paragraph(2, &language.remove_from_pool(count, &pool));
        }
        RedirectKind::FreeNode => page.paragraph(2, &language.remove_free(count)),
    }
    page.line(4, &escape_whole(&redirect.remove.shell()));
    if count > 1 || view.redirects.len() > 1 {
        let names: Vec<_> = redirect.nodes.iter().map(|name| escape(name)).collect();
        page.paragraph(2, &language.redirected_nodes(&names.join(", ")));
    }
    for missing in &redirect.missing {
        write_missing(view, missing, page);
    }
    page.paragraph(2, &language.redirect_drain());
    if redirect.kind == RedirectKind::NodePool {
        page.paragraph(2, &language.redirect_size());
    }
    page.paragraph(2, &language.redirect_billing());
    if let Some(shrink) = &redirect.shrink {
        write_shrink(view, shrink, page);
    }
    if redirect.auto_scaled {
        page.paragraph(2, &language.auto_scaled());
    }
    let (console, plain) = match redirect.kind {
        RedirectKind::NodePool => (language.console_pool(), language.plain_kubectl_pool()),
        RedirectKind::FreeNode => (language.console_free(), language.plain_kubectl_free()),
    };
    page.paragraph(2, &console);
    page.paragraph(2, &plain);
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
    page.paragraph(2, &language.shrink_chooses());
    page.paragraph(2, &language.shrink_billing());
}
