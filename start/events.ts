/*
| Listeners between domains.
*/
