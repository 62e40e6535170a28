using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace FlowDispatch.Redis.Connection;

/// <summary>One atomic step: a Lua script that lies beside the class that uses it.</summary>
internal sealed class RedisScript
{
    private RedisScript(string text)
    {
        Text = text;
        Hash = Digest(text);
    }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>By what Redis knows a script it was once given.</summary>
    public byte[] Hash { get; }

    /// <summary>The prelude and the parts named, in their order.</summary>
    public static RedisScript Load(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder(Read("prelude"));
        foreach (var part in parts)
        {
            text.Append(Read(part));
        }

        return new(text.ToString());
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "Redis names scripts by their SHA-1; nothing is protected by it.")]
    private static byte[] Digest(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));

    private static string Read(string part)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(part + ".lua")
            ?? throw new InvalidOperationException($"The script {part}.lua is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
