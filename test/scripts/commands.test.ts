import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
)
/** The commands that cmd finds: Node.js, npm, package commands and the command file for `exec`. */
const commands = new Set([
  'node',
  'npm',
  ...readdirSync(join(ROOT, 'node_modules/.bin')),
  ...readdirSync(ROOT).flatMap((name) => (name.endsWith('.cmd') ? [name.slice(0, -4)] : [])),
])

test.each(Object.entries(scripts))('cmd on Windows can run the script %s', (_, line) => {
  expect(line).not.toMatch(/['`$;|]/)
  for (const command of line.split(' && ')) expect(commands).toContain(command.split(' ')[0])
})
