// No domain has a view. Generated.
export {}
