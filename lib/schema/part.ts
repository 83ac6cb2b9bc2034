import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type ASTNode, type DocumentNode, GraphQLError, parse, Source } from 'graphql'

/** A domain's part of the API's schema, in its own file. */
export interface Part {
  /** The name of the domain's folder. */
  readonly domain: string
  /** The path relative to the working directory. */
  readonly file: string
  readonly document: DocumentNode
}

const FILE = 'schema.graphql'
/** The part with the operators' fields, which every expanded schema includes. */
const FRAMEWORK = join(import.meta.dirname, '../appsync/operations/operations.graphql')

/**
 * Reads the parts of all domains, sorted by name, and then the framework's own part.
 * @param resolvers the folder with one folder for each domain
 * @throws Error with file, line and column for a syntax error
 */
export function readParts(resolvers: string): Part[] {
  return [
    ...domainsWithPart(resolvers).map((domain) => readPart(domain, join(resolvers, domain, FILE))),
    readPart('operations', FRAMEWORK),
  ]
}

/** Whether any domain has its own part. Otherwise schema.graphql is written by hand. */
export function hasParts(resolvers: string): boolean {
  return domainsWithPart(resolvers).length > 0
}

function domainsWithPart(resolvers: string): string[] {
  return readdirSync(resolvers, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(resolvers, entry.name, FILE)))
    .map(({ name }) => name)
    .sort()
}

function readPart(domain: string, path: string): Part {
  return parsePart(domain, relative(process.cwd(), path), readFileSync(path, 'utf8'))
}

/** @throws Error with file, line and column for a syntax error */
export function parsePart(domain: string, file: string, text: string): Part {
  try {
    return { domain, file, document: parse(new Source(text, file)) }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const [{ line, column } = { line: 1, column: 1 }] = error.locations ?? []
    throw new Error(`${error.message} (${file}:${line}:${column})`)
  }
}

/** Returns the place of a node: `resolvers/shopping/schema.graphql:12:3`. */
export function placeOf({ loc }: ASTNode, { file }: Part): string {
  const { line, column } = loc?.startToken ?? { line: 1, column: 1 }
  return `${file}:${line}:${column}`
}
