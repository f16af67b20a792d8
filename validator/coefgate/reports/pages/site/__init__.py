"""The pages of a site: what each says of the registry, and how they lead to each other."""
