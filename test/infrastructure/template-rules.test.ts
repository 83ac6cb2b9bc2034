import { CfnOutput, CfnResource, Stack } from 'aws-cdk-lib'
import { checkTemplates } from '../../lib/infrastructure/template-rules.ts'
import { unbundledApp } from '../support/synth.ts'

/** Synthesizes a stack with these texts, and a stack without an API that has other characters. */
function synthesize(texts: { description?: string; output?: string; property?: string }) {
  const app = unbundledApp()
  const stack = new Stack(app, 'Stack', { description: texts.description ?? 'A stack' })
  new CfnResource(stack, 'Topic', {
    type: 'AWS::SNS::Topic',
    properties: { Tags: [{ Key: 'name', Value: texts.property ?? 'plain' }] },
  })
  new CfnOutput(stack, 'Output', { value: 'x', description: texts.output ?? 'An output' })
  checkTemplates(stack)
  new CfnOutput(new Stack(app, 'WithoutApi'), 'Output', { value: 'ü' })
  app.synth()
}

test('an ASCII template is accepted, and stacks without an API are not checked', () => {
  expect(() => synthesize({})).not.toThrow()
})

test.each([
  [{ description: 'naïve' }, 'Description has "ï" in line 1: naïve'],
  [{ output: 'a → b' }, 'Outputs.Output.Description has "→" in line 1: a → b'],
  [{ property: 'one\ntwo …' }, 'Resources.Topic.Properties.Tags.0.Value has "…" in line 2: two …'],
])('%p is rejected with its place and its character', (texts, problem) => {
  expect(() => synthesize(texts)).toThrow(problem)
})
