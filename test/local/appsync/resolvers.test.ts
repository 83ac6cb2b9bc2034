import { ask } from './support/client.ts'
import { functionOf, notesApi, PASS, startApi, stopApis } from './support/notes.ts'

const QUERY = '{ note(id: "1") { id text size } }'

afterEach(stopApis)

/** Returns a script for a NONE data source with these statements in its two handlers. */
function script(request: string, response = 'return ctx.result'): string {
  return `
    import { util, runtime, extensions } from '@aws-appsync/utils'
    export function request(ctx) { ${request} }
    export function response(ctx) { ${response} }`
}

/** Returns the value of the field `echo`, its errors and its log entries. */
async function echo(code: string, query = '{ echo }', variables = {}) {
  const server = await startApi(notesApi({ fields: { 'Query.echo': code } }))
  const { data, errors } = await ask(server, { query, variables })
  return { value: data?.echo, errors, logged: server.logged }
}

describe('functions', () => {
  test('a function that throws causes a field error of type Lambda:Unhandled', async () => {
    const note = functionOf(() => {
      throw new Error('broken')
    })
    const server = await startApi(notesApi({ fields: { 'Query.note': note } }))

    expect(await ask(server, QUERY)).toMatchObject({ status: 200, data: { note: null } })
    expect((await ask(server, QUERY)).errors).toEqual([
      {
        path: ['note'],
        data: null,
        errorType: 'Lambda:Unhandled',
        errorInfo: null,
        locations: [{ line: 1, column: 3, sourceName: null }],
        message: 'broken',
      },
    ])
  })

  test('a timeout causes an error of type Lambda:ExecutionTimeoutException', async () => {
    const slow = {
      ...functionOf(() => null),
      invoke: async () => ({
        status: 'timed-out' as const,
        error: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 3.00 seconds' },
      }),
    }
    const server = await startApi(notesApi({ fields: { 'Query.note': slow } }))

    expect((await ask(server, QUERY)).errors).toMatchObject([
      {
        errorType: 'Lambda:ExecutionTimeoutException',
        message: 'Task timed out after 3.00 seconds',
      },
    ])
  })

  test('a script can replace the error of a function', async () => {
    const code = `
      import { util } from '@aws-appsync/utils'
      export function request(ctx) { return { operation: 'Invoke', payload: null } }
      export function response(ctx) {
        if (ctx.error) util.error('sorry', ctx.error.type, { id: 1, other: 2 }, { was: ctx.error.message })
        return ctx.result
      }`
    const failing = functionOf(() => {
      throw new Error('broken')
    })
    const server = await startApi(notesApi({ fields: { 'Query.note': [code, failing] } }))

    expect((await ask(server, QUERY)).errors).toMatchObject([
      {
        message: 'sorry',
        errorType: 'Lambda:Unhandled',
        data: { id: 1 },
        errorInfo: { was: 'broken' },
      },
    ])
  })

  test('an Event invocation returns at once', async () => {
    const never = functionOf(() => new Promise(() => {}))
    const code = script(`return { operation: 'Invoke', invocationType: 'Event', payload: null }`)
    const server = await startApi(notesApi({ fields: { 'Query.note': [code, never] } }))

    expect(await ask(server, QUERY)).toMatchObject({ data: { note: null }, errors: undefined })
  })
})

describe('values', () => {
  test('a field without a resolver is a property of its parent', async () => {
    const note = functionOf(() => ({ id: '1', parent: { id: '0', text: 'up' } }))
    const server = await startApi(notesApi({ fields: { 'Query.note': note } }))

    expect(await ask(server, '{ note(id: "1") { text parent { text } } }')).toMatchObject({
      data: { note: { text: null, parent: { text: 'up' } } },
    })
  })

  test('null in a non-null field makes the parent null', async () => {
    const note = functionOf(() => ({ text: 'no id' }))
    const fields = { 'Query.note': note, 'Query.strict': note }
    const server = await startApi(notesApi({ fields }))

    expect(await ask(server, QUERY)).toMatchObject({
      data: { note: null },
      errors: [
        {
          path: ['note', 'id'],
          locations: null,
          message: "Cannot return null for non-nullable type: 'ID' within parent 'Note' (/note/id)",
        },
      ],
    })
    expect(await ask(server, '{ strict { id } }')).toMatchObject({ data: null })
  })

  test('a value of the wrong type causes an error', async () => {
    const note = functionOf(() => ({ id: '1', size: 'big', written: 'yesterday', parent: 'me' }))
    const server = await startApi(notesApi({ fields: { 'Query.note': note } }))

    const { errors } = await ask(server, '{ note(id: "1") { size written parent { id } } }')

    expect(errors?.map(({ message }) => message)).toEqual([
      expect.stringContaining("Can't serialize value (/note/size)"),
      "Can't serialize value (/note/written) : Unable to serialize `yesterday` as a valid DateTime Object.",
      "Can't resolve value (/note/parent) : type mismatch error, expected type OBJECT",
    ])
  })
})

describe('scripts', () => {
  test('receive the request as ctx', async () => {
    const code = script('return { payload: JSON.stringify(ctx) }')
    const query = 'query Q($text: String) { alias: echo(text: $text, data: "{\\"a\\":[1]}") }'
    const server = await startApi(notesApi({ fields: { 'Query.echo': code } }))

    const { data } = await ask(server, { query, variables: { text: 'hi' } })

    expect(JSON.parse(String(data?.alias))).toMatchObject({
      arguments: { text: 'hi', data: { a: [1] } },
      args: { text: 'hi', data: { a: [1] } },
      identity: null,
      source: null,
      prev: null,
      stash: {},
      env: {},
      request: {
        headers: { 'x-amzn-trace-id': expect.stringMatching(/^Root=1-/) },
        domainName: null,
      },
      info: { fieldName: 'echo', parentTypeName: 'Query', variables: { text: 'hi' } },
    })
  })

  test('receive the selection with aliases and resolved fragments', async () => {
    const code = script(
      'return { payload: { id: "1", text: JSON.stringify([ctx.info.selectionSetList, ctx.info.selectionSetGraphQL]) } }',
    )
    const server = await startApi(notesApi({ fields: { 'Query.note': code } }))
    const query = '{ note(id: "1") { text ...More } } fragment More on Note { up: parent { id } }'

    const { data } = await ask(server, query)

    expect(JSON.parse(Object(data?.note).text)).toEqual([
      ['text', 'up', 'up/id'],
      '{\n  text\n  ...More\n}',
    ])
  })

  test('receive null for an argument with a missing variable, as on AppSync', async () => {
    const code = script('return { payload: JSON.stringify(ctx.args) }')

    const { value } = await echo(code, 'query Q($text: String) { echo(text: $text) }')

    expect(value).toBe('{"text":null}')
  })

  test('pass the stash from the request to the response', async () => {
    const code = script('ctx.stash.kept = 7; return {}', 'return ctx.stash.kept + ""')

    expect(await echo(code)).toMatchObject({ value: '7' })
  })

  test('can return early, without the data source and the response handler', async () => {
    const code = script(`runtime.earlyReturn('early')`, `util.error('never')`)

    expect(await echo(code)).toMatchObject({ value: 'early', errors: undefined })
  })

  test('can add errors to a value and deny a field', async () => {
    const appending = script(
      `util.appendError('careful', 'Warning', null, { a: 1 }); return { payload: 'x' }`,
    )
    expect(await echo(appending)).toMatchObject({
      value: 'x',
      errors: [{ path: ['echo'], message: 'careful', errorType: 'Warning', errorInfo: { a: 1 } }],
    })
    expect(await echo(script('util.unauthorized()'))).toMatchObject({
      value: null,
      errors: [
        { errorType: 'Unauthorized', message: 'Not Authorized to access echo on type Query' },
      ],
    })
  })

  test('can use the utilities of AppSync', async () => {
    const { value } = await echo(
      script(`return { payload: JSON.stringify([
        util.autoId(), util.autoUlid(), util.autoKsuid(), util.time.nowISO8601(),
        util.base64Decode(util.base64Encode('ä')), util.urlDecode(util.urlEncode('a b&c')),
        util.time.epochMilliSecondsToISO8601(0), util.math.maxVal(1, 2), util.matches('a*b', 'aab'),
        util.authType(), util.str.normalize('a\\u0308', 'nfc'),
      ]) }`),
    )

    expect(JSON.parse(String(value))).toEqual([
      expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
      expect.stringMatching(/^0[\dA-HJKMNP-TV-Z]{25}$/),
      expect.stringMatching(/^[\dA-Za-z]{27}$/),
      expect.stringMatching(/^\d{4}-.*Z$/),
      'ä',
      'a b&c',
      '1970-01-01T00:00:00.000Z',
      2,
      true,
      'API Key Authorization',
      'ä',
    ])
  })

  test('receive a clear error for an unsupported utility', async () => {
    expect(await echo(script('return util.dynamodb.toMapValues({})'))).toMatchObject({
      errors: [
        {
          errorType: 'Code',
          message: expect.stringContaining('util.dynamodb is not supported by the local run'),
        },
      ],
    })
    expect(await echo(script(`return util.time.nowFormatted('yyyy')`))).toMatchObject({
      errors: [{ message: expect.stringContaining('util.time.nowFormatted is not supported') }],
    })
  })

  test('cannot access Node.js, and are stopped when they run too long', async () => {
    const globals = `return { payload: [typeof process, typeof setTimeout, typeof fetch].join(' ') }`
    expect(await echo(script(globals))).toMatchObject({ value: 'undefined undefined undefined' })

    const endless = script(`const a = [1]; for (const x of a) { a.push(x) } return {}`)
    expect(await echo(endless)).toMatchObject({
      errors: [{ errorType: 'Code', message: expect.stringContaining('timed out') }],
    })
  })

  test('can write to the log', async () => {
    const { logged } = await echo(script(`console.log('here', ctx.args); return {}`))

    expect(logged).toMatchObject([{ api: 'Notes', field: 'Query.echo', values: ['here', {}] }])
  })
})

describe('at the start', () => {
  test.each([
    ['async function f() {}', 'async and await'],
    ['function f() { try {} catch (e) {} }', 'try and catch'],
    ['function f() { throw 1 }', 'throw'],
    ['class A {}', 'classes'],
    ['function f() { while (true) {} }', 'while loops'],
    ['function f() { for (let i = 0; i < 3; i += 1) {} }', 'for (;;) loops'],
  ])('the script %p is rejected', async (code, reason) => {
    await expect(echo(`${code} ${PASS}`)).rejects.toThrow(`APPSYNC_JS does not support ${reason}`)
  })

  test('reserved words in strings, comments and keys are accepted', async () => {
    const code = script(`const x = { try: 'throw while', class: 1 } // async
      return { payload: x.try }`)

    expect(await echo(code)).toMatchObject({ value: 'throw while' })
  })

  test('a script that fails to load or lacks a handler is rejected with its name', async () => {
    await expect(echo(`import fs from 'fs'; export const x = fs.y`)).rejects.toThrow(
      'The script of QueryechoResolver (Query.echo) cannot be loaded: The module fs is not supported',
    )
    await expect(echo('export function request() {}')).rejects.toThrow(
      'does not export the function response',
    )
    await expect(echo('export function {')).rejects.toThrow('cannot be loaded')
  })
})
