import { configApp } from '@adonisjs/eslint-config'

export default configApp({
  name: 'Griot',
  ignores: ['build/**', 'public/**', 'var/**', 'tests/unleash/**', 'resources/js/vendor/**'],
  rules: {
    '@typescript-eslint/no-explicit-any': 'off',
    '@unicorn/no-for-loop': 'off',
    /** Control characters are exactly what we look for in headers and addresses */
    'no-control-regex': 'off',
    /** `(await page()).status` reads well in a test and in a one-line verb */
    '@unicorn/no-await-expression-member': 'off',
  },
})
