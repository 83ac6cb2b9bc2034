import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import {
  AccountPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  Group,
  Role,
  ServicePrincipal,
  User,
} from 'aws-cdk-lib/aws-iam'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { templateOf } from '../support/synth.ts'

const APP = join(__dirname, '../app')
const IAM = 'arn:aws:iam::000000000000'
const COMMIT = ['dynamodb:ConditionCheckItem', 'dynamodb:PutItem', 'dynamodb:Query']

/** Adds the API of the tests' application, with both domains. */
function apiIn(scope: Construct) {
  const schema = join(APP, 'schema.graphql')
  const api = new EventSourcingApi(scope, 'Api', { schema, resolvers: join(APP, 'resolvers') })
  const tickets = api.addDomain('tickets', { resources: ['Concert'] })
  const bookings = api.addDomain('bookings', { resources: ['Booking'] })
  api.addOperations()
  return { api, tickets, bookings }
}

function worker(scope: Construct, id = 'Worker') {
  return new LambdaFunction(scope, id, {
    code: Code.fromInline('exports.handler = async () => {}'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  })
}

const roleOf = (id: string) => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(`^${id}`), 'Arn'] })

/** Returns the roles and users with the tag of the stack, sorted, without the hashes of their ids. */
function taggedWith(template: Template, tag: string): string[] {
  return ['AWS::IAM::Role', 'AWS::IAM::User']
    .flatMap((type) => Object.entries(template.findResources(type)))
    .filter(([, { Properties }]) =>
      (Properties?.Tags ?? []).some(
        ({ Key, Value }: { Key: string; Value: string }) => Key === tag && Value === 'Test',
      ),
    )
    .map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))
    .sort()
}

const writersOf = (template: Template, resource: string) =>
  taggedWith(template, `commits:${resource}`)

/** Expects what the policy of the concerts' table denies to all but tagged principals and `arns`. */
function expectPolicy(template: Template, arns?: readonly string[]) {
  const deny = { Effect: 'Deny', Principal: { AWS: '*' }, Resource: '*' }
  template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    Replicas: [
      Match.objectLike({
        ResourcePolicy: {
          PolicyDocument: Match.objectLike({
            Statement: Match.arrayWith([
              Match.objectLike({
                ...deny,
                Action: Match.arrayWith(['dynamodb:DeleteItem', 'dynamodb:UpdateItem']),
                Condition: Match.absent(),
              }),
              Match.objectLike({
                ...deny,
                Action: 'dynamodb:PutItem',
                Condition: {
                  StringNotEquals: {
                    'aws:PrincipalTag/commits': 'Test',
                    'aws:PrincipalTag/commits:Concert': 'Test',
                  },
                  ...(arns && { ArnNotEquals: { 'aws:PrincipalArn': arns } }),
                },
              }),
            ]),
          }),
        },
      }),
    ],
  })
}

test('who may commit is admitted by the table, for puts alone; who may read is not admitted', () => {
  const template = templateOf((scope) => {
    const { api, bookings } = apiIn(scope)
    const grantee = worker(scope)
    grantee.addEnvironment('CONCERT_TABLE', api.table('Concert').tableName)
    api.grantCommit(grantee, 'Concert')
    api.grantRead(worker(scope, 'Reader'), 'Concert')
    const assumedBy = new ServicePrincipal('lambda.amazonaws.com')
    api.grantCommit(new Role(scope, 'OwnRole', { assumedBy }), 'Concert')
    api.grantCommit(Role.fromRoleArn(scope, 'Ops', `${IAM}:role/imported`), 'Concert')
    api.grantCommit(new User(scope, 'User'), 'Concert')
    api.grantCommit(new ArnPrincipal(`${IAM}:role/by-arn`), 'Concert')
    api.grantCommit(bookings, 'Concert')
  })
  expectPolicy(template, [`${IAM}:role/imported`, `${IAM}:role/by-arn`])
  expect(writersOf(template, 'Concert')).toEqual([
    'ApibookingsCommandsServiceRole',
    'ApibookingsQueriesServiceRole',
    'ApiticketsCommandsServiceRole',
    'OwnRole',
    'User',
    'WorkerServiceRole',
  ])
  expect(writersOf(template, 'Booking')).toEqual(['ApibookingsCommandsServiceRole'])
  expect(taggedWith(template, 'commits')).toEqual(['ApiReactionsFunctionServiceRole'])
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^WorkerServiceRole') }],
    PolicyDocument: {
      Statement: [{ Effect: 'Allow', Action: COMMIT, Resource: roleOf('ConcertEvents') }],
    },
  })
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^ReaderServiceRole') }],
    PolicyDocument: {
      Statement: [Match.objectLike({ Action: ['dynamodb:Query', 'dynamodb:Scan'] })],
    },
  })
  const tables = Object.values(template.findResources('AWS::DynamoDB::GlobalTable'))
  expect(JSON.stringify(tables)).not.toContain('ReaderServiceRole')
})

test('groups, accounts, services and everybody may not commit', () => {
  templateOf((scope) => {
    const { api } = apiIn(scope)
    for (const grantee of [
      new Group(scope, 'Group'),
      new AccountPrincipal('000000000000'),
      new AnyPrincipal(),
      new ServicePrincipal('events.amazonaws.com'),
    ]) {
      expect(() => api.grantCommit(grantee, 'Concert')).toThrow(
        'grantCommit needs a function, a role or a user, which the policy of Test/Api/tickets/Concert admits by a tag or by its ARN',
      )
    }
    expect(() => api.table('Conzert')).toThrow(
      'has no table for Conzert: use one of Concert, Booking, or call addDomain first',
    )
  })
})

test('a function of another stack may read and commit', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
  const { api } = apiIn(new Stack(app, 'WithApi'))
  const other = new Stack(app, 'Other')
  const grantee = worker(other)
  api.grantRead(grantee, 'Concert')
  api.grantCommit(grantee, 'Concert')
  app.synth()
  Template.fromStack(other).hasResourceProperties('AWS::IAM::Role', {
    Tags: [{ Key: 'commits:Concert', Value: 'WithApi' }],
  })
})

test('a domain has variables and permissions, which its queries, commands and reactors share', () => {
  const template = templateOf((scope) => {
    const { tickets, bookings } = apiIn(scope)
    const bucket = new Bucket(scope, 'Posters')
    bucket.grantRead(tickets.addEnvironment('POSTERS', bucket.bucketName))
    bookings.addEnvironment('MAIL_FROM', 'tickets@example.com')
    expect(tickets.all).toEqual([tickets.queries, tickets.commands])
    expect(bookings.all).toHaveLength(3)
    expect(() => bookings.addEnvironment('BOOKING_TABLE', 'other')).toThrow(
      'already has the variable BOOKING_TABLE with another value: use another name',
    )
    bookings.addEnvironment('MAIL_FROM', 'tickets@example.com')
  })
  const withVariable = (Variables: object) =>
    Object.keys(
      template.findResources('AWS::Lambda::Function', {
        Properties: { Environment: { Variables } },
      }),
    ).map((id) => id.replace(/[0-9A-F]{8}$/, ''))
  expect(withVariable({ MAIL_FROM: 'tickets@example.com' }).sort()).toEqual([
    'ApiReactionsFunction',
    'ApibookingsCommands',
    'ApibookingsQueries',
  ])
  for (const name of ['Queries', 'Commands']) {
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp(`^Apitickets${name}ServiceRole`) }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: ['s3:GetBucket*', 's3:GetObject*', 's3:List*'] }),
        ]),
      },
    })
  }
})
