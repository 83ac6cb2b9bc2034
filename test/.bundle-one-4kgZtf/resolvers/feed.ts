export { handler } from '/work/main/resolvers/feed.ts'
