// The engine's GraphQL schema, as far as its generated TypeScript client tells it: every type, field, argument and enum
// member, and what is required. Read from the installed client at test time, so that it is always the version in use.
// DAGGER_SCHEMA names a schema file to check against instead: the engine's own, where somebody has it.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  buildSchema,
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import type { GraphQLFieldConfigMap, GraphQLInputType, GraphQLOutputType } from 'graphql';
import ts from 'typescript';

/** The generated client's declarations, in the installed package. */
export const CLIENT_DECLARATIONS = join(
  dirname(createRequire(import.meta.url).resolve('@dagger.io/dagger')),
  'api/client.gen.d.ts',
);

const AnyNumber = new GraphQLScalarType({ name: 'AnyNumber' });
const AnyScalar = new GraphQLScalarType({ name: 'AnyScalar' });

/** Reads the schema from the client, or from the file that DAGGER_SCHEMA names. */
export function engineSchema(): GraphQLSchema {
  const given = process.env['DAGGER_SCHEMA'];
  if (given !== undefined && existsSync(given)) return buildSchema(readFileSync(given, 'utf8'));
  return schemaFromDeclarations(readFileSync(CLIENT_DECLARATIONS, 'utf8'));
}

function schemaFromDeclarations(text: string): GraphQLSchema {
  const file = ts.createSourceFile('client.gen.d.ts', text, ts.ScriptTarget.ES2022, true);
  const classes = new Map<string, ts.ClassDeclaration>();
  const aliases = new Map<string, ts.TypeNode>();
  const enums = new Map<string, GraphQLEnumType>();
  for (const statement of file.statements) {
    if (ts.isClassDeclaration(statement) && statement.name)
      classes.set(statement.name.text, statement);
    if (ts.isTypeAliasDeclaration(statement)) aliases.set(statement.name.text, statement.type);
    if (ts.isEnumDeclaration(statement)) enums.set(statement.name.text, enumType(statement));
  }
  const inputs = new Map<string, GraphQLInputObjectType>();
  const node = new GraphQLInterfaceType({
    name: 'Node',
    fields: { id: { type: new GraphQLNonNull(GraphQLID) } },
  });
  const objects = new Map<string, GraphQLObjectType>();

  const inputType = (type: ts.TypeNode): GraphQLInputType => {
    if (ts.isArrayTypeNode(type))
      return new GraphQLList(new GraphQLNonNull(inputType(type.elementType)));
    if (type.kind === ts.SyntaxKind.StringKeyword) return GraphQLString;
    if (type.kind === ts.SyntaxKind.NumberKeyword) return AnyNumber;
    if (type.kind === ts.SyntaxKind.BooleanKeyword) return GraphQLBoolean;
    const name = type.getText();
    if (classes.has(name) || name === 'ID' || name.endsWith('ID')) return GraphQLID;
    const known = enums.get(name) ?? inputs.get(name);
    if (known) return known;
    const alias = aliases.get(name);
    if (alias && ts.isTypeLiteralNode(alias)) {
      const input = new GraphQLInputObjectType({ name, fields: () => argumentsOf(alias) });
      inputs.set(name, input);
      return input;
    }
    return AnyScalar;
  };
  const argumentsOf = (literal: ts.TypeLiteralNode) =>
    Object.fromEntries(
      literal.members.filter(ts.isPropertySignature).map((member) => {
        const type = inputType(member.type!);
        return [
          member.name.getText(),
          { type: member.questionToken ? type : new GraphQLNonNull(type) },
        ];
      }),
    );
  const outputType = (type: ts.TypeNode, field: string): GraphQLOutputType => {
    if (ts.isTypeReferenceNode(type) && type.typeName.getText() === 'Promise') {
      const inner = type.typeArguments![0]!;
      // a promised object is its id: sync, start, stop
      if (classes.has(inner.getText())) return GraphQLID;
      return outputType(inner, field);
    }
    if (ts.isArrayTypeNode(type)) return new GraphQLList(outputType(type.elementType, field));
    if (type.kind === ts.SyntaxKind.StringKeyword) return GraphQLString;
    if (type.kind === ts.SyntaxKind.NumberKeyword) return AnyNumber;
    if (type.kind === ts.SyntaxKind.BooleanKeyword) return GraphQLBoolean;
    const name = type.getText();
    return objects.get(name) ?? enums.get(name) ?? (name.endsWith('ID') ? GraphQLID : AnyScalar);
  };
  const fieldsOf = (declaration: ts.ClassDeclaration): GraphQLFieldConfigMap<unknown, unknown> => {
    const fields: GraphQLFieldConfigMap<unknown, unknown> = {};
    for (const member of declaration.members) {
      if (!ts.isPropertyDeclaration(member) || !member.type || !ts.isFunctionTypeNode(member.type))
        continue;
      const name = member.name.getText().replace(/_$/, '');
      const parameters = member.type.parameters;
      if (name === 'with' && parameters[0]?.type && ts.isFunctionTypeNode(parameters[0].type))
        continue; // the client's own
      const args: Record<string, { type: GraphQLInputType }> = {};
      for (const parameter of parameters) {
        const alias = aliases.get(parameter.type!.getText());
        if (parameter.name.getText() === 'opts' && alias && ts.isTypeLiteralNode(alias))
          Object.assign(args, argumentsOf(alias));
        else
          args[parameter.name.getText()] = { type: new GraphQLNonNull(inputType(parameter.type!)) };
      }
      fields[name] = { type: outputType(member.type.type, name), args };
    }
    return fields;
  };
  for (const [name, declaration] of classes) {
    if (!declaration.heritageClauses) continue;
    const query = name === 'Client';
    objects.set(
      name,
      new GraphQLObjectType({
        name: query ? 'Query' : name.replace(/_$/, ''),
        interfaces: query ? [] : [node],
        fields: () => ({
          ...fieldsOf(declaration),
          ...(query
            ? { node: { type: node, args: { id: { type: new GraphQLNonNull(GraphQLID) } } } }
            : {}),
          id: { type: new GraphQLNonNull(GraphQLID) },
        }),
      }),
    );
  }
  return new GraphQLSchema({ query: objects.get('Client')!, types: [...objects.values()] });
}

function enumType(declaration: ts.EnumDeclaration): GraphQLEnumType {
  const names = declaration.members.map((member) =>
    member.initializer && ts.isStringLiteral(member.initializer)
      ? member.initializer.text
      : member.name.getText(),
  );
  return new GraphQLEnumType({
    name: declaration.name.text,
    values: Object.fromEntries(names.map((name) => [name, {}])),
  });
}
