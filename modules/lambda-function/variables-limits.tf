variable "timeout" {
  description = "Time limit of one event in seconds, 1 to 900; past it, Lambda ends the event with an error. Default 10."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.timeout >= 1 && var.timeout <= 900 && floor(var.timeout) == var.timeout
    error_message = "timeout is a whole number of seconds from 1 to 900."
  }
}

variable "memory_size" {
  description = "Memory in MB, 128 to 10240; the processor's share grows with it. Default 256: with 128 a function that imports an SDK starts slowly."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_size >= 128 && var.memory_size <= 10240 && floor(var.memory_size) == var.memory_size
    error_message = "memory_size is a whole number of MB from 128 to 10240."
  }
}

variable "reserved_concurrency" {
  description = "Events that the function handles at once, at most; the account reserves that concurrency for it. 0 stops the function: every invocation is throttled. Default null: the account's unreserved concurrency."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 0 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency is a whole number, 0 or more; leave it out (null) for no reservation."
  }
}
