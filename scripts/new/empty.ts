import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { readStack, STACK, withoutDomains, writeStack } from './stack-file.ts'

/** The domains that come with the project. */
const EXAMPLES = ['shopping', 'ordering']

/** The folders of the examples, and the tests that need the examples or quote them. */
const FOLDERS = [
  ...['lib', 'resolvers', 'test'].flatMap((folder) => EXAMPLES.map((name) => `${folder}/${name}`)),
  'test/acceptance',
  'test/attack',
  'test/docs',
]

/** Returns the folders of the example domains that still exist. */
export function exampleFolders(root: string): string[] {
  return FOLDERS.filter((folder) => existsSync(join(root, folder)))
}

/**
 * Removes the example domains: their folders, and their lines in the stack.
 * @throws Error if another domain imports one of them. Then nothing is removed.
 */
export function removeExamples(root: string): void {
  const importers = filesThatImportExamples(root)
  if (importers.length > 0) {
    throw new Error(
      importers
        .map((file) => `${file} imports an example domain: remove the import first`)
        .join('\n'),
    )
  }
  for (const folder of exampleFolders(root)) rmSync(join(root, folder), { recursive: true })
  writeStack(root, withoutDomains(readStack(root), EXAMPLES))
  // git does not keep an empty folder.
  if (readdirSync(join(root, 'resolvers')).length === 0) {
    writeFileSync(join(root, 'resolvers/.gitkeep'), '')
  }
}

function filesThatImportExamples(root: string): string[] {
  const imported = new RegExp(
    `^(import|export|\\}).* from '[./]+/(lib/)?(${EXAMPLES.join('|')})/`,
    'm',
  )
  return ['lib', 'resolvers', 'test', 'scripts', 'bench']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file).replaceAll(sep, '/'),
      ),
    )
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .filter((file) => !isGenerated(file) && !FOLDERS.some((it) => file.startsWith(`${it}/`)))
    .filter((file) => imported.test(readFileSync(join(root, file), 'utf8')))
}

function isGenerated(file: string): boolean {
  return file.startsWith('lib/generated/')
}

/** Returns the question to ask before {@link removeExamples}. */
export function question(folders: readonly string[]): string {
  const paths = [...folders, `${STACK} (their lines)`].map((path) => `  ${path}`)
  return `This removes the example domains:

${paths.join('\n')}

Remove them? (y/N) `
}

export const REMOVED = `
Removed the example domains. README.md and docs/ still use them as examples.

Next:

  npm run new -- shipping Parcel   writes a domain to start from
`
