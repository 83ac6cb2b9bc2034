import { setTimeout as delay } from 'node:timers/promises'
import { createNamespace, destroyNamespace, getNamespace } from '../../lib/bundles/cls-hooked.ts'

afterEach(() => destroyNamespace('test'))

test('a namespace is there under its name until it is destroyed', () => {
  const namespace = createNamespace('test')
  expect(getNamespace('test')).toBe(namespace)
  destroyNamespace('test')
  expect(getNamespace('test')).toBeUndefined()
})

test('pieces of work at once have contexts of their own, through promises and timers', async () => {
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

test('a context within another has what that one has, and leaves it as it is', () => {
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

test('outside a context nothing can be set', () => {
  const namespace = createNamespace('test')
  expect(namespace.active).toBeUndefined()
  expect(() => namespace.set('segment', 'any')).toThrow('No context available')
})

test('a bound function runs in its context, wherever it is called', () => {
  const namespace = createNamespace('test')
  const bound = namespace.runAndReturn(() => {
    namespace.set('segment', 'bound')
    return namespace.bind(() => namespace.get('segment'))
  })
  expect(namespace.get('segment')).toBeUndefined()
  expect(bound()).toBe('bound')
})

test('work that fails leaves no context behind, and its error as it is', async () => {
  const namespace = createNamespace('test')
  const error = new Error('no')
  await expect(namespace.runPromise(() => Promise.reject(error))).rejects.toBe(error)
  expect(Object.keys(error)).toEqual([])
  expect(namespace.active).toBeUndefined()
})
