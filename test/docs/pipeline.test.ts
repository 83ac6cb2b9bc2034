import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { stageOf as stageOfApp } from '../../lib/infrastructure/stage.ts'
import { isList, type Json, type JsonObject, objectAt } from '../../lib/local/json.ts'
import type { Workflow } from './workflow-problems.ts'

const ROOT = join(__dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs/pipeline.md'), 'utf8')

/** Returns the code blocks of a language. */
function blocks(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')
  return [...PAGE.matchAll(fence)].map(([, text = '']) => text)
}

const workflows = blocks('yaml').map((content) => ({
  name: /^# (\S+)/.exec(content)?.[1] ?? '',
  content,
}))

/** Returns the problems that GitHub's parser finds in each workflow. */
function problemsIn(checked: readonly Workflow[]): string[][] {
  const args = ['--import', 'tsx', 'test/docs/workflow-problems.ts']
  const input = JSON.stringify(checked)
  const problems: string[][] = JSON.parse(
    execFileSync(process.execPath, args, { cwd: ROOT, input, encoding: 'utf8' }),
  )
  return problems
}

test('the page has a workflow that deploys and one that removes', () => {
  expect(workflows.map(({ name }) => name)).toEqual([
    '.github/workflows/deploy.yml',
    '.github/workflows/remove-stage.yml',
  ])
})

test("GitHub's parser accepts the workflows", () => {
  expect(problemsIn(workflows)).toEqual(workflows.map(() => []))
})

test("GitHub's parser rejects misspelled names", () => {
  const [{ name, content } = { name: '', content: '' }] = workflows
  const mistakes = [
    ['timeout-minutes:', 'timeout-minute:'],
    ['uses:', 'use:'],
    ['id-token:', 'id-tokens:'],
    ['on:\n  push:', 'on:\n  pushed:'],
    ['${{ github.ref_name', '${{ gitub.ref_name'],
    ['needs: check', 'needs: checks'],
  ] as const
  for (const [right] of mistakes) expect(content).toContain(right)
  const broken = mistakes.map(([right, wrong]) => ({
    name,
    content: content.replace(right, wrong),
  }))
  const problems = problemsIn(broken)
  const accepted = mistakes.filter((_, index) => problems[index]?.length === 0)
  expect(accepted).toEqual([])
})

// GitHub's schema of workflows does not contain the inputs of actions.
test('a job that assumes a role has the permission, the role and the region', () => {
  for (const { content } of workflows) {
    const jobs = content.split(/^ {2}(?=\S+:$)/m).filter((job) => job.includes('aws-actions/'))
    expect(jobs.length).toBeGreaterThan(0)
    for (const job of jobs) {
      expect(job).toMatch(/^ {4}permissions:\n( {6}.*\n)* {6}id-token: write$/m)
      expect(job).toMatch(/^ {10}role-to-assume: \$\{\{ vars\.AWS_ROLE \}\}$/m)
      expect(job).toMatch(/^ {10}aws-region: \$\{\{ vars\.AWS_REGION \}\}$/m)
    }
  }
})

test('the trust policies accept only this repository', () => {
  const policies = blocks('json').map((text): JsonObject => JSON.parse(text))
  const statements = policies.flatMap(({ Statement }): Json[] =>
    isList(Statement) ? [...Statement] : [],
  )
  const conditions = statements.map((statement) => objectAt({ statement }, 'statement').Condition)
  const subjects = conditions.flatMap((condition) => {
    const text = JSON.stringify(condition ?? {})
    return [...text.matchAll(/"token\.actions\.githubusercontent\.com:sub":"(.*?)"/g)]
  })
  expect(subjects.map(([, subject]) => subject)).toEqual([
    'repo:OWNER@OWNER_ID/REPO@REPO_ID:ref:refs/heads/*',
    'repo:OWNER@OWNER_ID/REPO@REPO_ID:environment:prod',
  ])
})

const stageOf = (branch: string) =>
  execFileSync(process.execPath, ['scripts/stage-name.mjs', branch], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim()

describe('the stage of a branch', () => {
  const table = /\| branch \| stage \|\n\|.*\n((?:\|.*\n)+)/.exec(PAGE)?.[1] ?? ''
  const rows = [...table.matchAll(/^\| `(.*?)` \| `(.*?)` \|$/gm)]

  test('is the one on the page', () => {
    expect(rows.length).toBeGreaterThan(4)
    for (const [, branch = '', stage] of rows) expect(stageOf(branch)).toBe(stage)
  })

  const odd = [
    'x',
    '0',
    'dev',
    'prod',
    'PROD',
    'Main',
    'feature/x',
    'feature_x',
    'feature-x-',
    'dependabot/npm_and_yarn/a-package-1.2.3',
    'ä€😀',
    '"; exit 1; #',
    'exactly-twenty-chars',
    'more-than-twenty-char',
    'production',
    'prod-eu',
    'live',
    '123-fix',
  ]

  test('is a development stage for synth, and is not that of another branch', () => {
    const stages = odd.map(stageOf)
    for (const stage of stages)
      expect(stageOfApp(new App({ context: { stage } }).node)).toMatchObject({ isProtected: false })
    expect(new Set([...stages, 'dev', 'prod']).size).toBe(odd.length + 2)
  })

  test('needs a branch', () => {
    expect(() => stageOf('')).toThrow('stage-name needs one branch')
  })
})
