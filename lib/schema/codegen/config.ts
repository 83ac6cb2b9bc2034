/** The settings of a plugin that writes types, in codegen.yml. */
export interface Config {
  /** The folder with one folder for each domain. */
  readonly resolvers: string
  /** The path from the generated file to the folder of the framework. Default: `..`, as in lib. */
  readonly framework?: string
}
