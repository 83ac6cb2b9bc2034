import type { JsonObject } from '../../../lib/local/json.ts'
import { withNestedStacks } from '../../../lib/local/template/index.ts'

const nested = (file: string, Parameters: JsonObject = {}) => ({
  Type: 'AWS::CloudFormation::Stack',
  Properties: { TemplateURL: { 'Fn::Sub': `https://bucket/${file}` }, Parameters },
})

/** Returns the template with its nested stacks, whose files are these. */
function flat(template: JsonObject, files: Record<string, JsonObject> = {}) {
  return withNestedStacks(template, async (url) => {
    const [, file] =
      Object.entries(files).find(([name]) => JSON.stringify(url).includes(name)) ?? []
    return file
  })
}

test('a template without nested stacks is unchanged', async () => {
  const template = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }
  expect(await flat(template)).toBe(template)
})

test('parameters, outputs, conditions and references become those of one template', async () => {
  const a = {
    Parameters: { table: { Type: 'String' }, size: { Type: 'Number', Default: 3 } },
    Conditions: { Big: { 'Fn::Equals': [{ Ref: 'size' }, 3] } },
    Resources: {
      Function: {
        Type: 'AWS::Lambda::Function',
        Condition: 'Big',
        Properties: {
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Text: { 'Fn::Sub': `\${AWS::Region} \${table} \${Role.Arn} \${!Literal}` },
          Size: { 'Fn::If': ['Big', { Ref: 'size' }, { Ref: 'AWS::NoValue' }] },
        },
      },
      Role: { Type: 'AWS::IAM::Role', Properties: {} },
    },
    Outputs: {
      Arn: { Value: { 'Fn::GetAtt': 'Function.Arn' } },
      Table: { Value: { Ref: 'table' } },
    },
  }
  const b = {
    Parameters: { from: { Type: 'String' } },
    Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { Name: { Ref: 'from' } } } },
    Outputs: { From: { Value: { Ref: 'from' } } },
  }
  const template = {
    Resources: {
      Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
      A: nested('a.json', { table: { Ref: 'Table' } }),
      B: nested('b.json', { from: { 'Fn::GetAtt': ['A', 'Outputs.Arn'] } }),
      Source: {
        Type: 'AWS::AppSync::DataSource',
        Properties: {
          Function: { 'Fn::GetAtt': ['A', 'Outputs.Arn'] },
          Table: { 'Fn::GetAtt': ['A', 'Outputs.Table'] },
          From: { 'Fn::GetAtt': ['B', 'Outputs.From'] },
        },
      },
    },
  }
  const { Resources, Conditions } = await flat(template, { 'a.json': a, 'b.json': b })
  const functionArn = { 'Fn::GetAtt': ['A_Function', 'Arn'] }
  expect(Conditions).toEqual({ A_Big: { 'Fn::Equals': [3, 3] } })
  expect(Resources).toEqual({
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    A_Function: {
      Type: 'AWS::Lambda::Function',
      Condition: 'A_Big',
      Properties: {
        Role: { 'Fn::GetAtt': ['A_Role', 'Arn'] },
        Text: {
          'Fn::Sub': [
            `\${AWS::Region} \${reference0} \${reference1} \${!Literal}`,
            { reference0: { Ref: 'Table' }, reference1: { 'Fn::GetAtt': ['A_Role', 'Arn'] } },
          ],
        },
        Size: { 'Fn::If': ['A_Big', 3, { Ref: 'AWS::NoValue' }] },
      },
    },
    A_Role: { Type: 'AWS::IAM::Role', Properties: {} },
    B_Topic: { Type: 'AWS::SNS::Topic', Properties: { Name: functionArn } },
    Source: {
      Type: 'AWS::AppSync::DataSource',
      Properties: { Function: functionArn, Table: { Ref: 'Table' }, From: functionArn },
    },
  })
})

test('a nested stack in a nested stack is part of the template', async () => {
  const inner = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }
  const outer = { Resources: { Inner: nested('inner.json') } }
  const { Resources } = await flat(
    { Resources: { Outer: nested('outer.json') } },
    { 'outer.json': outer, 'inner.json': inner },
  )
  expect(Resources).toEqual({ Outer_Inner_Topic: { Type: 'AWS::SNS::Topic' } })
})

test('a nested stack whose template is elsewhere is rejected', async () => {
  await expect(flat({ Resources: { Other: nested('other.json') } })).rejects.toThrow(
    'Other (AWS::CloudFormation::Stack), property TemplateURL: the template is not in the cloud assembly',
  )
})
