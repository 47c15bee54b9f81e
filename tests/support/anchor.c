/* anchor.c - keeps the support library buildable before it has a file of its own. */
typedef int anchor;
