// Biome lints the project; ESLint finds what AppSync's own JavaScript runtime rejects.
import { join } from 'node:path'
import appsync from '@aws-appsync/eslint-plugin'

const { languageOptions, ...recommended } = appsync.configs.recommended

export default [
  {
    ...recommended,
    files: ['lib/appsync/*/*.js'],
    languageOptions: {
      ...languageOptions,
      parserOptions: {
        projectService: { allowDefaultProject: ['lib/appsync/*/*.js'] },
        tsconfigRootDir: join(import.meta.dirname, '..'),
      },
    },
  },
]
