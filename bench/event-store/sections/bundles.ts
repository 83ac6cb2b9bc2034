import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { buildOptions } from '../../../lib/bundles/index.ts'
import { cdkApp, synthesize } from '../../../lib/local/synthesis/index.ts'
import { bundlesIn, partsOf } from '../bundle-parts.ts'
import type { Section } from '../section.ts'
import { median, ms, ratio } from '../statistics.ts'

const ROOT = join(import.meta.dirname, '../../..')
/** The functions to show in parts. Each other function has the same parts as one of these. */
const SHOWN_IN_PARTS = /fields of tickets|publish|reactors/
const SHOWN = 7

/** The minimum of any handler: the SDK and X-Ray. */
const SDK_AND_XRAY = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import xray from 'aws-xray-sdk-core'
const client = DynamoDBDocumentClient.from(xray.captureAWSv3Client(new DynamoDBClient({})))
export const handler = (name) =>
  client.send(new { PutCommand, QueryCommand, ScanCommand }[name]({ TableName: name }))
`

export const bundles: Section = {
  name: 'bundles',
  title: '7. The bundles of the functions',

  async run({ folder, isQuick }, report) {
    const imports = isQuick ? 7 : 21
    const assembly = join(folder, 'cdk.out')
    await synthesize(await cdkApp(join(ROOT, 'test/app')), assembly)
    const functions = bundlesIn(assembly)
    const bare = join(folder, 'bare.mjs')
    const stdin = { contents: SDK_AND_XRAY, resolveDir: ROOT }
    // The entry is the text above, and no package is external.
    const { entryPoints: _, outdir: __, external: ___, ...options } = buildOptions(ROOT, {})
    await build({ ...options, stdin, outfile: bare, write: true })
    const measured = [
      ...functions,
      { description: 'SDK and X-Ray alone, with all credential providers', file: bare },
    ]
    const times = importTimes(
      measured.map(({ file }) => file),
      assembly,
      imports,
    )
    const base = median(times.at(-1) ?? [])
    report.table(
      ['function', 'size', `import, median of ${imports}`, 'to SDK and X-Ray alone'],
      measured.map(({ description, file }, index) => {
        const took = median(times[index] ?? [])
        return [description, kilobytes(file), ms(took), ratio(took, base)]
      }),
    )
    report.note(
      'As `cdk synth` bundles them. A fresh process imports each bundle; the bundles take turns. Goal: at ' +
        'most 300 KB, and 0.7 of the time of SDK and X-Ray alone.',
    )
    const parts = functions
      .filter(({ description }) => SHOWN_IN_PARTS.test(description))
      .map(async (bundle) => [bundle.description, ...(await partsOf(bundle)).slice(0, SHOWN)])
    report.table(
      ['function', ...Array.from({ length: SHOWN }, (_, at) => `part ${at + 1}`)],
      await Promise.all(parts),
    )
    report.note('The largest parts of each, in KB of the minified bundle.')
  },
}

function kilobytes(file: string): string {
  return `${(statSync(file).size / 1024).toFixed(0)} KB`
}

/** Returns the times that new processes take to import each file, in milliseconds. */
function importTimes(files: readonly string[], assembly: string, imports: number): number[][] {
  const times = files.map((): number[] => [])
  for (let round = 0; round < imports; round += 1) {
    for (const [index, file] of files.entries()) times[index]?.push(importTime(file, assembly))
  }
  return times
}

function importTime(file: string, assembly: string): number {
  const script = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t)`
  return Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, GRAPHQL_URL: 'http://localhost', LAMBDA_TASK_ROOT: assembly },
    }),
  )
}
