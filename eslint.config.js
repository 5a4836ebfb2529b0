import { configApp } from '@adonisjs/eslint-config'

/**
 * What a plugin defines has its own types of settings, briefs and sessions. The kernel keeps plugins of all types in one list, and
 * only `any` is a parameter that accepts each of them
 */
const TYPE_PLUMBING = [
  'core/sdk/engagement.ts',
  'core/sdk/media.ts',
  'core/sdk/messaging.ts',
  'core/sdk/plugin.ts',
]

export default configApp(
  {
    name: 'Griot',
    ignores: ['build/**', 'public/**', 'var/**', 'tests/unleash/**', 'resources/js/vendor/**'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@unicorn/no-for-loop': 'off',
      /** Control characters are exactly what we look for in headers and addresses */
      'no-control-regex': 'off',
      /** `(await page()).status` reads well in a test and in a one-line verb */
      '@unicorn/no-await-expression-member': 'off',
    },
  },
  {
    files: ['core/**/*.ts'],
    ignores: ['core/database/clock.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Time is given: take `now`, or a clock (core/database/clock.ts).',
        },
        {
          selector:
            "CallExpression[callee.object.name='DateTime'][callee.property.name=/^(now|utc|local)$/][arguments.length=0]",
          message: 'Time is given: take `now`, or a clock (core/database/clock.ts).',
        },
      ],
    },
  },
  { files: TYPE_PLUMBING, rules: { '@typescript-eslint/no-explicit-any': 'off' } }
)
