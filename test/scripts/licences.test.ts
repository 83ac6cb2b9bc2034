import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DOCUMENT, licencesDocument, productionPackages } from '../../scripts/licences/document.ts'
import { isPermitted } from '../../scripts/licences/permitted.ts'

const ROOT = join(__dirname, '../..')

test('docs/licences.md lists the dependencies of today: npm run licences -- --write', () => {
  expect(readFileSync(join(ROOT, DOCUMENT), 'utf8')).toBe(licencesDocument(ROOT))
})

test('each package that an application needs has a permitted licence', () => {
  const packages = productionPackages(ROOT)
  const names = packages.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['aws-cdk-lib', 'graphql', '@smithy/core', 'uuid']))
  expect(names).not.toContain('jest')
  expect(packages.filter(({ licence }) => !isPermitted(licence))).toEqual([])
})

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-or-later)', true],
  ['GPL-3.0-only OR (MIT AND ISC)', true],
  ['Apache-2.0 AND MIT', true],
  ['MIT AND GPL-3.0-only', false],
  ['(MIT OR Apache-2.0) AND GPL-3.0-only', false],
  ['AGPL-3.0-or-later', false],
  ['SEE LICENSE IN LICENSE.txt', false],
  ['unknown', false],
  ['(MIT', false],
  ['', false],
])('the licence %s is permitted: %s', (licence, permitted) => {
  expect(isPermitted(licence)).toBe(permitted)
})
