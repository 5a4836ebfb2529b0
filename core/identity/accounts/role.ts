/** What a person is in a client account; what each role may do is said in core/access */
export type Role = 'owner' | 'manager' | 'reader'
