declare module 'domain-resources' {
  /** The class of each resource by its name: the bundler of the feed function puts them in. */
  const resources: Readonly<Record<string, object>>
  export = resources
}
