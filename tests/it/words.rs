//! Properties of the reading of words, whatever the words are.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use kubectl_safe::kubectl::flags::{Command, Kind, Minor, ROOT, Verb};
use kubectl_safe::kubectl::invocation::{Invocation, Reading, read};
use kubectl_safe::kubectl::kuberc::{Environment, World, worlds};
use kubectl_safe::kubectl::own_flags::split_own;
use proptest::prelude::*;
use proptest::sample::{Index, select};

fn reading(words: &[OsString], version: Option<Minor>) -> Reading {
    read(words, version, || vec![World::Nothing])
}

fn guarded(words: &[OsString], version: Option<Minor>) -> Option<Box<Invocation>> {
    match reading(words, version) {
        Reading::Guarded(invocation) => Some(invocation),
        _ => None,
    }
}

fn verb() -> impl Strategy<Value = Verb> {
    select(Verb::ALL)
}

fn command(verb: Verb) -> &'static Command {
    verb.path().split(' ').fold(&ROOT, |command, word| {
        let child = command.child(word.as_bytes());
        child.expect("guarded verbs are in the table")
    })
}

/// The words that name a verb.
fn path(verb: Verb) -> Vec<OsString> {
    verb.path().split(' ').map(Into::into).collect()
}

/// One flag of the verb, written so that no search can take it for anything but one word.
fn joined_flag(verb: Verb, pick: Index, plain: &str) -> OsString {
    let command = command(verb);
    let flag = &command.flags[pick.index(command.flags.len())];
    let value = match (flag.kind, flag.alone()) {
        (Kind::Bool { .. }, _) => "true",
        (Kind::Integer, _) => "7",
        (Kind::Duration, _) => "5s",
        (_, Some(alone)) if flag.long != "validate" => alone,
        _ => plain,
    };
    format!("--{}={value}", flag.long).into()
}

/// Words that are likely to be read in different ways.
fn tricky() -> impl Strategy<Value = OsString> {
    let known = vec![
        "",
        "-",
        "--",
        "--=",
        "---",
        "-n",
        "-A",
        "-f",
        "-l",
        "-it",
        "-h",
        "--help",
        "--all",
        "--dry-run",
        "--kuberc",
        "delete",
        "drain",
        "get",
        "rollout",
        "restart",
        "zap",
        "help",
        "-test.v",
        "--safe-yes",
        "--safe-x=1",
        "--namespace",
        "--dry_run=server",
    ];
    prop_oneof![
        3 => select(known).prop_map(OsString::from),
        1 => "[-a-zA-Z=,.\"]{0,6}".prop_map(OsString::from),
        1 => prop::collection::vec(any::<u8>(), 0..6).prop_map(OsString::from_vec),
    ]
}

proptest! {
    /// Joined flags (`--x=v`) may stand anywhere: the verb is found and the reading is the same.
    #[test]
    fn order_never_hides_a_verb(
        verb in verb(),
        picks in prop::collection::vec((any::<Index>(), any::<Index>()), 0..6),
        // No command is called like this.
        arguments in prop::collection::vec("[0-9]{1,5}", 0..4),
        plain in "[a-z]{1,5}",
    ) {
        let mut ordered = path(verb);
        ordered.extend(arguments.iter().map(OsString::from));
        let mut mixed = ordered.clone();
        for (pick, place) in &picks {
            let flag = joined_flag(verb, *pick, &plain);
            ordered.push(flag.clone());
            mixed.insert(place.index(mixed.len() + 1), flag);
        }
        let (ordered, mixed) = (guarded(&ordered, None), guarded(&mixed, None));
        let (ordered, mixed) = (ordered.expect("the verb comes first"), mixed.expect("the verb is still there"));
        prop_assert_eq!(mixed.verb(), verb);
        prop_assert_eq!(mixed.arguments(), ordered.arguments());
        for (pick, _) in &picks {
            let command = command(verb);
            prop_assert!(mixed.is_set(command.flags[pick.index(command.flags.len())].long));
        }
    }

    /// An unknown flag of any shape, anywhere before `--`, leaves a guarded verb guarded or doubtful as long as kubectl may be newer.
    #[test]
    fn an_unknown_flag_never_hides_a_verb(verb in verb(), flag in "--zz[a-z]{1,4}(=[a-z]{0,3})?|-[ZYX]", place in any::<Index>()) {
        let mut words = path(verb);
        words.extend(["1".into(), "2".into()]);
        words.insert(place.index(words.len() + 1), flag.into());
        prop_assert!(matches!(reading(&words, None), Reading::Undecidable(_)), "{words:?}");
        // A kubectl that the table describes stops by itself.
        prop_assert!(!matches!(reading(&words, Some(Minor::NEWEST)), Reading::Guarded(_) | Reading::Undecidable(_)));
    }

    /// Whatever follows, words that begin with a guarded verb are guarded, doubtful, or stop kubectl; they are never waved through.
    #[test]
    fn a_leading_verb_is_never_unguarded(verb in verb(), rest in prop::collection::vec(tricky(), 0..8)) {
        let mut words = path(verb);
        words.extend(rest);
        for version in [None, Some(Minor::OLDEST), Some(Minor::NEWEST)] {
            let reading = reading(&words, version);
            prop_assert!(!matches!(reading, Reading::Unguarded(_) | Reading::Plugin), "{words:?}: {reading:?}");
        }
    }

    /// No input panics, and every argument was typed.
    #[test]
    fn arguments_are_words(words in prop::collection::vec(tricky(), 0..8), kuberc in "[ -~\n]{0,40}") {
        let read_file = |_: &std::path::Path| Ok(kuberc.clone().into_bytes());
        for version in [None, Some(Minor::OLDEST), Some(Minor::NEWEST)] {
            let reading = read(&words, version, || worlds(&words, version, &Environment::default(), read_file));
            if let Reading::Guarded(invocation) = reading {
                prop_assert!(invocation.arguments().iter().all(|argument| words.iter().any(|word| word == argument.as_str())));
            }
        }
    }

    /// Without our flags in front of it, a line keeps all its words; with them, kubectl reads the rest as if they had never been there.
    #[test]
    fn our_flags_leave_no_trace(words in prop::collection::vec(tricky(), 0..8), place in any::<Index>()) {
        let (own, rest) = split_own(words.clone());
        prop_assert_eq!(own.len() + rest.len(), words.len());
        // What is left holds none of ours, so taking out is done once.
        prop_assert_eq!(split_own(rest.clone()), (vec![], rest.clone()));
        let mut kept = rest.iter();
        let in_order = words.iter().filter(|word| kept.as_slice().first() == Some(word) && kept.next().is_some()).count();
        prop_assert_eq!(in_order, rest.len());

        // In front of everything it is a flag for certain.
        let mut more = rest.clone();
        more.insert(0, "--safe-lang=zh".into());
        let (own, again) = split_own(more);
        prop_assert_eq!(own, [("safe-lang".to_owned(), Some("zh".to_owned()))]);
        prop_assert_eq!(&again, &rest);

        // Elsewhere it is one of ours, and leaves no trace, or some flag's value, and stays.
        let mut more = rest.clone();
        more.insert(place.index(rest.len() + 1), "--safe-lang=zh".into());
        let (own, again) = split_own(more.clone());
        let taken = own.iter().any(|(name, _)| name == "safe-lang");
        prop_assert!(if taken { again == rest } else { again.contains(&"--safe-lang=zh".into()) }, "{:?}", more);
    }
}
