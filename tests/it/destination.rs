//! Which server, user and namespace are looked at: the same that kubectl acts on.
