import { setTimeout as delay } from 'node:timers/promises'
import { createNamespace, destroyNamespace, getNamespace } from '../../lib/bundles/cls-hooked.ts'

afterEach(() => destroyNamespace('test'))

test('a namespace is available by name until it is destroyed', () => {
  const namespace = createNamespace('test')
  expect(getNamespace('test')).toBe(namespace)
  destroyNamespace('test')
  expect(getNamespace('test')).toBeUndefined()
})

test('concurrent work has separate contexts across promises and timers', async () => {
  const namespace = createNamespace('test')
  const work = (name: string) =>
    namespace.runPromise(async () => {
      namespace.set('segment', name)
      await delay(1)
      await new Promise<void>((resolve) => setImmediate(resolve))
      return namespace.get('segment')
    })
  expect(await Promise.all(['a', 'b', 'c'].map(work))).toEqual(['a', 'b', 'c'])
  expect(namespace.get('segment')).toBeUndefined()
})

test('a nested context inherits the outer values and leaves them unchanged', () => {
  const namespace = createNamespace('test')
  namespace.run(() => {
    namespace.set('segment', 'outer')
    namespace.run(() => {
      expect(namespace.get('segment')).toBe('outer')
      namespace.set('segment', 'inner')
      expect(namespace.get('segment')).toBe('inner')
    })
    expect(namespace.get('segment')).toBe('outer')
  })
})

test('setting a value outside a context fails', () => {
  const namespace = createNamespace('test')
  expect(namespace.active).toBeUndefined()
  expect(() => namespace.set('segment', 'any')).toThrow('No context available')
})

test('a bound function always runs in its context', () => {
  const namespace = createNamespace('test')
  const bound = namespace.runAndReturn(() => {
    namespace.set('segment', 'bound')
    return namespace.bind(() => namespace.get('segment'))
  })
  expect(namespace.get('segment')).toBeUndefined()
  expect(bound()).toBe('bound')
})

test('failed work leaves no context behind and its error unchanged', async () => {
  const namespace = createNamespace('test')
  const error = new Error('no')
  await expect(namespace.runPromise(() => Promise.reject(error))).rejects.toBe(error)
  expect(Object.keys(error)).toEqual([])
  expect(namespace.active).toBeUndefined()
})
