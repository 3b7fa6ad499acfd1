# bash completion for `kubectl-safe`, and for an alias of it:
#   alias k=kubectl-safe; complete -o default -F __kubectl_safe k
# `kubectl safe` needs no more than kubectl's own completion. What is completed, kubectl_complete-safe says.

__kubectl_safe() {
    COMPREPLY=()
    local before=${COMP_LINE:0:COMP_POINT} words current answer directive candidate
    words=${before#*[[:space:]]}
    current=${before##*[[:space:]]}
    [[ -n $current ]] || words+=" ''"

    # xargs reads quotes as a shell does, but runs nothing: `eval` would run the `$(…)` of a half-typed line.
    answer=$(xargs kubectl_complete-safe 2>/dev/null <<<"$words") || return
    directive=${answer##*:}
    # 1 error, 2 no space behind it, 4 no file names, 8 and 16 these file names only: Readline offers all of them.
    ((directive & 1)) && return
    ((directive & 2)) && compopt -o nospace 2>/dev/null
    ((directive & 4)) && compopt +o default 2>/dev/null
    ((directive & 24)) && return

    # bash's word begins behind the last `=` or `:`, a candidate may begin before it.
    while IFS= read -r candidate; do
        candidate=${candidate%%$'\t'*}
        candidate=${candidate#"${current%"$2"}"}
        [[ $candidate == "$2"* ]] && COMPREPLY+=("$candidate")
    done <<<"${answer%:*}"
}

complete -o default -F __kubectl_safe kubectl-safe
