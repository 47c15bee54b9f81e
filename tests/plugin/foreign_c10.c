/* Another libtorch, as far as its name goes. */
int c10_of_somebody_else;
int c10_of_somebody_else = 1;
