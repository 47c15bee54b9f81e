module inspyr

go 1.19
