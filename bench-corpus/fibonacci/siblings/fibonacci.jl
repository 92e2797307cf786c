fibonacci(n) = n <= 1 ? n : fibonacci(n - 1) + fibonacci(n - 2)

println(fibonacci(35))
