import { errors as authErrors } from '@adonisjs/auth'
import { WrongCredentialsError } from '../errors.js'

/**
 * Looks at a password with the framework's finder, which takes as long for an address that nobody has.
 *
 * @throws WrongCredentialsError the same for both
 */
export async function verifyPassword<Person>(find: () => Promise<Person>): Promise<Person> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof authErrors.E_INVALID_CREDENTIALS)
      throw new WrongCredentialsError('Wrong address or password', { cause: error })
    throw error
  }
}
