//! Which language a person reads.

use crate::risk::rule::Text;

/// The languages of our texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, also for every locale that we have no texts for.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
    /// Japanese.
    Japanese,
}

impl Language {
    /// The language of the first value that is set and not empty: `KUBECTL_SAFE_LANG`, then the locale in POSIX's
    /// order (`LC_ALL`, `LC_MESSAGES`, `LANG`). A value that names no language of ours means English.
    #[must_use]
    pub fn choose<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        values
            .into_iter()
            .flatten()
            .find(|value| !value.is_empty())
            .map_or(Self::English, Self::of_locale)
    }

    /// `zh`, `zh_CN.UTF-8`, `ja-JP`: what stands before the territory decides.
    fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or(locale);
        match language.to_ascii_lowercase().as_str() {
            "zh" => Self::Chinese,
            "ja" => Self::Japanese,
            _ => Self::English,
        }
    }

    /// The address of a rule's source: a page of the host that it names, else of Alibaba Cloud's help in this language.
    #[must_use]
    pub fn page(self, source: &str) -> String {
        let edition = match self {
            Self::English => "www.alibabacloud.com/help/en",
            Self::Chinese => "help.aliyun.com/zh",
            Self::Japanese => "www.alibabacloud.com/help/ja",
        };
        let first = source.split('/').next().unwrap_or_default();
        if first.contains('.') {
            format!("https://{source}")
        } else {
            format!("https://{edition}/{source}")
        }
    }

    /// A rule's text in this language.
    #[must_use]
    pub fn text(self, text: &Text) -> &str {
        match self {
            Self::English => &text.en,
            Self::Chinese => &text.zh,
            Self::Japanese => &text.ja,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_variable_wins_over_the_locale() {
        assert_eq!(
            Language::choose([Some("ja"), Some("zh_CN.UTF-8")]),
            Language::Japanese
        );
        assert_eq!(
            Language::choose([Some("en"), Some("zh_CN.UTF-8")]),
            Language::English
        );
    }

    #[test]
    fn empty_values_do_not_count() {
        assert_eq!(
            Language::choose([Some(""), None, Some("zh_TW")]),
            Language::Chinese
        );
        assert_eq!(Language::choose([]), Language::English);
    }

    #[test]
    fn the_first_value_decides_even_when_it_names_no_language_of_ours() {
        assert_eq!(
            Language::choose([None, Some("C"), Some("ja_JP.UTF-8")]),
            Language::English
        );
        assert_eq!(Language::choose([Some("fr_FR")]), Language::English);
    }

    #[test]
    fn a_source_is_an_address() {
        let page =
            |language: Language| language.page("ack/product-overview/before-you-start (logs)");
        assert_eq!(
            page(Language::Chinese),
            "https://help.aliyun.com/zh/ack/product-overview/before-you-start (logs)"
        );
        assert_eq!(
            page(Language::English),
            "https://www.alibabacloud.com/help/en/ack/product-overview/before-you-start (logs)"
        );
        assert_eq!(
            Language::Japanese.page("kubernetes.io/docs/concepts/architecture/nodes"),
            "https://kubernetes.io/docs/concepts/architecture/nodes"
        );
    }

    #[test]
    fn locales_are_read_in_every_form() {
        for locale in ["zh", "ZH", "zh-CN", "zh_CN.UTF-8", "zh@x", "zh.UTF-8"] {
            assert_eq!(
                Language::choose([Some(locale)]),
                Language::Chinese,
                "{locale}"
            );
        }
    }
}
