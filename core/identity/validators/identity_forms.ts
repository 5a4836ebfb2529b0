import vine from '@vinejs/vine'
import { COUNTRIES, type Country } from '../accounts/countries.js'

const address = () => vine.string().trim().email().maxLength(254).toLowerCase()
const newPassword = () => vine.string().minLength(10).maxLength(200)

export const signupForm = vine.create({
  company: vine.string().trim().minLength(2).maxLength(120),
  country: vine.enum(Object.keys(COUNTRIES) as Country[]),
  full_name: vine.string().trim().minLength(2).maxLength(120),
  email: address(),
  password: newPassword(),
})

export const signinForm = vine.create({
  email: vine.string().trim().maxLength(254),
  password: vine.string().maxLength(200),
})
export const forgotForm = vine.create({ email: address() })
export const resetForm = vine.create({ password: newPassword() })
export const acceptForm = vine.create({
  full_name: vine.string().trim().minLength(2).maxLength(120),
  password: newPassword(),
})
export const switchForm = vine.create({ account: vine.string().uuid() })
