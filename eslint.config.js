import { configApp } from '@adonisjs/eslint-config'

export default configApp({
  name: 'Griot',
  ignores: ['build/**', 'public/**', 'var/**', 'tests/unleash/**', 'resources/js/vendor/**'],
  rules: {
    '@typescript-eslint/no-explicit-any': 'off',
    '@unicorn/no-for-loop': 'off',
  },
})
