import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { domainFiles, namesOf, stackLine } from './domain.ts'
import { nameErrors } from './names.ts'
import { readStack, STACK, withLine, writeStack } from './stack-file.ts'

/**
 * Writes the files of a new domain, and its line in the stack.
 * @returns the text to print
 * @throws Error with a sentence for each reason why nothing was written
 */
export function addDomain(root: string, domain: string, resource: string): string {
  const schema = readFileSync(join(root, 'schema.graphql'), 'utf8')
  const files = Object.entries(domainFiles(domain, resource))
  const existing = files.map(([path]) => path).filter((path) => existsSync(join(root, path)))
  const stack = withLine(readStack(root), stackLine(domain, resource))
  const errors = [
    ...nameErrors(domain, resource, schema),
    ...(existsSync(join(root, 'lib', domain))
      ? [
          `The domain ${domain} exists. To add a resource to it, follow docs/add-a-domain.md; to add a domain, choose another name`,
        ]
      : existing.map((path) => `${path} already exists: remove it or choose another name`)),
    ...(stack === undefined
      ? [
          `${STACK} has no line api.addDomain(…) or api.addOperations() to write the new line next to: add one`,
        ]
      : []),
  ]
  if (errors.length > 0 || stack === undefined) throw new Error(errors.join('\n'))

  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text, { flag: 'wx' })
  }
  writeStack(root, stack)

  const { file, words } = namesOf(resource)
  return `
Wrote the domain ${domain}:

${[...files.map(([path]) => path), `${STACK} (one line)`].map((path) => `  ${path}`).join('\n')}

Next:

  npx jest test/${domain}   runs its tests
  ${'npm start'.padEnd(`npx jest test/${domain}`.length)}   runs its API: create${resource}, rename${resource}, archive${resource}

Adapt lib/${domain}/${file}.ts and resolvers/${domain}/schema.graphql to your ${words}.
docs/add-a-domain.md explains each part.
`
}
