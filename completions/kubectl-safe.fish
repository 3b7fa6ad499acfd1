# fish completion for `kubectl-safe` and aliases of it: it is kubectl's own completion of `kubectl safe`, and kubectl
# asks kubectl_complete-safe.
complete --command kubectl-safe --wraps 'kubectl safe'
