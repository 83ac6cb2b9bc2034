import { readFileSync } from 'node:fs'
import { DOCUMENT, tableIn } from '../../bench/costs/document.ts'
import { scenarioTable } from '../../bench/simulation/report.ts'
import { SCENARIOS } from '../../bench/simulation/scenarios.ts'

test('docs/scale.md contains the results of all scenarios', () => {
  const text = readFileSync(DOCUMENT, 'utf8')
  expect(tableIn(text, 'simulation')).toBe(scenarioTable(SCENARIOS, { seed: 1 }))
}, 300_000)
