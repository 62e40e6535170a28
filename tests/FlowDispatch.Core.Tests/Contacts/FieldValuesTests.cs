using System.Text;
using System.Text.Json;
using FlowDispatch.Contacts;

namespace FlowDispatch.Tests.Contacts;

public sealed class FieldValuesTests
{
    [Theory]
    [InlineData("""{"a":"b","n":1,"d":1.50,"e":1e400,"big":123456789012345678901234567890,"huge":12345678901234567890123456789012345678901234567890,"t":true,"f":false,"z":null}""")]
    [InlineData("""{"list":[1,"x",[true,{"deep":null}],{}],"more":{"a":{"b":[]}}}""")]
    [InlineData("""{"twice":1,"other":2,"twice":3}""")]
    [InlineData("""{"São":"\u00e7\uD83D\uDE00 ç😀","":""}""")]
    [InlineData("""  { "spaced" : [ 1 , 2 ] }  """)]
    [InlineData("{}")]
    [InlineData(" {} ")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("7")]
    public void Text_reads_as_its_document_does(string json)
    {
        var expected = Flat(FieldValues.FromJsonObject(JsonElement.Parse(json)));

        Assert.Equal(expected, Flat(FieldValues.Parse(json)));
        Assert.Equal(expected, Flat(FieldValues.ParseUtf8(Encoding.UTF8.GetBytes(json))));
    }

    [Fact]
    public void No_text_is_no_fields()
    {
        Assert.Same(FieldValues.None, FieldValues.Parse(null));
        Assert.Same(FieldValues.None, FieldValues.Parse(""));
        Assert.Same(FieldValues.None, FieldValues.ParseUtf8([]));
    }

    [Theory]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":1} x""")]
    [InlineData("""{"a":1}{"b":2}""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a" 1}""")]
    [InlineData("[1] 2")]
    [InlineData("   ")]
    [InlineData("{'a':1}")]
    public void What_is_no_JSON_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => FieldValues.Parse(json));

    [Fact]
    public void Nesting_without_end_is_refused() => Assert.ThrowsAny<JsonException>(() => FieldValues.Parse("{\"a\":" + new string('[', 100_000)));

    // Types count: 1 and 1.0 are not the same field.
    private static string Flat(object? value) => value switch
    {
        null => "null",
        IReadOnlyDictionary<string, object?> fields => "{" + string.Join(',', fields.Select(f => f.Key + "=" + Flat(f.Value))) + "}",
        IEnumerable<object?> items => "[" + string.Join(',', items.Select(Flat)) + "]",
        _ => FormattableString.Invariant($"{value.GetType().Name}:{value}"),
    };
}
