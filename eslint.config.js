// Biome lints the project; this is for what AppSync's own JavaScript runtime refuses.
import appsync from '@aws-appsync/eslint-plugin'

const { languageOptions, ...recommended } = appsync.configs.recommended

export default [
  {
    ...recommended,
    files: ['lib/appsync/*.js'],
    languageOptions: {
      ...languageOptions,
      parserOptions: {
        projectService: { allowDefaultProject: ['lib/appsync/*.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
]
