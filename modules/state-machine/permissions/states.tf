# States of all definitions, down to seven levels of nesting.

locals {
  definitions = concat(
    [{ name = "definition", path = "", text = var.definition }],
    [
      for key, text in var.retained_definitions : {
        name = "retained_definitions[${jsonencode(key)}]"
        path = "retained_definitions[${jsonencode(key)}] > "
        text = text
      }
    ],
  )
  documents = [for definition in local.definitions : try(jsondecode(definition.text), null)]

  root_machines = [
    for number, document in local.documents : {
      path    = local.definitions[number].path
      express = var.type == "EXPRESS"
      machine = document
    }
  ]
}

module "level_0" {
  source   = "./level"
  machines = local.root_machines
}

module "level_1" {
  source   = "./level"
  machines = module.level_0.machines
}

module "level_2" {
  source   = "./level"
  machines = module.level_1.machines
}

module "level_3" {
  source   = "./level"
  machines = module.level_2.machines
}

module "level_4" {
  source   = "./level"
  machines = module.level_3.machines
}

module "level_5" {
  source   = "./level"
  machines = module.level_4.machines
}

module "level_6" {
  source   = "./level"
  machines = module.level_5.machines
}

module "level_7" {
  source   = "./level"
  machines = module.level_6.machines
}

locals {
  # The top level and seven levels inside it.
  levels = [
    module.level_0, module.level_1, module.level_2, module.level_3,
    module.level_4, module.level_5, module.level_6, module.level_7,
  ]
  states   = concat(local.levels[*].states...)
  machines = concat(local.root_machines, local.levels[*].machines...)
  too_deep = local.levels[length(local.levels) - 1].machines
}
